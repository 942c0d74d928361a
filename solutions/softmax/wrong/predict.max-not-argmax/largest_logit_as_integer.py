# /// case
# exercise = "prediction"
# expect = ["predict.max-not-argmax"]
# points = 1.5
# note = "max, made an integer because classes are integers"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    logits = model.predict(X, verbose=0)
    return logits.max(axis=1).astype(int)
