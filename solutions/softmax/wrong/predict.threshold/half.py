# /// case
# exercise = "prediction"
# expect = ["predict.threshold"]
# points = 1.5
# note = "compares with 0.5"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return (predict_proba(model, X) >= 0.5).astype(int)
