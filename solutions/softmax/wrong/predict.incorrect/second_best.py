# /// case
# exercise = "prediction"
# expect = ["predict.incorrect"]
# points = 1.5
# note = "the second largest"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argsort(model.predict(X, verbose=0), axis=1)[:, -2]
