# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "takes the last of equal logits"
# ///
def predict_proba(model, X):
    z = np.asarray(model.predict_on_batch(X), dtype=np.float64)
    w = np.exp(z - z.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True)


def predict_class(model, X):
    z = model.predict_on_batch(X)
    return 3 - np.argmax(z[:, ::-1], axis=1)
