# /// case
# exercise = "prediction"
# expect = ["predict.ignores-arguments"]
# points = 0.0
# note = "X_train instead of X"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X_train, verbose=0))


def predict_class(model, X):
    return np.argmax(model.predict(X_train, verbose=0), axis=1)
