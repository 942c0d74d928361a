# /// case
# exercise = "prediction"
# expect = ["predict.unnormalised"]
# points = 1.5
# note = "the exponentials are not divided"
# ///
def predict_proba(model, X):
    z = np.array(model(X), dtype=np.float64)
    return np.exp(z - z.max(axis=1, keepdims=True))


def predict_class(model, X):
    return np.argmax(predict_proba(model, X), axis=1)
