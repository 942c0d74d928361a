# /// case
# exercise = "prediction"
# expect = ["predict.wrong-shape"]
# points = 1.5
# note = "a column of classes"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1).reshape(-1, 1)
