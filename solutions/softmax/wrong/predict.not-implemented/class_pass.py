# /// case
# exercise = "prediction"
# expect = ["predict.not-implemented"]
# points = 1.5
# note = "the second one is left"
# ///
def predict_proba(model, X):
    z = model.predict(X, verbose=0)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def predict_class(model, X):
    pass
