# /// case
# exercise = "prediction"
# expect = ["predict.unstable-overflow"]
# points = 2.5
# note = "a softmax without a shift, written here"
# ///
def predict_proba(model, X):
    z = model.predict(X, verbose=0)
    ez = np.exp(z)
    return ez / np.sum(ez, axis=1, keepdims=True)


def predict_class(model, X):
    z = model.predict(X, verbose=0)
    return np.argmax(z, axis=1)
