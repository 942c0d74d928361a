# /// case
# exercise = "prediction"
# expect = ["predict.wrong-axis"]
# points = 1.5
# note = "probabilities over the points"
# ///
def predict_proba(model, X):
    z = model.predict(X, verbose=0)
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
