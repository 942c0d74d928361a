# /// case
# exercise = "prediction"
# expect = ["predict.argmin"]
# points = 1.5
# note = "the smallest logit"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argmin(model.predict(X, verbose=0), axis=1)
