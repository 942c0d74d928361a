# /// case
# exercise = "prediction"
# expect = ["predict.max-not-argmax"]
# points = 1.5
# note = "the largest logit itself"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return [max(row) for row in model.predict(X, verbose=0).tolist()]
