# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "argsort, unsigned bytes, helper functions"
# ///
def _logits(model, X):
    return model.predict(X, batch_size=256, verbose=0)


def predict_proba(model, X):
    return np.vstack([my_softmax(z) for z in _logits(model, X)])


def predict_class(model, X):
    return np.argsort(_logits(model, X), axis=1)[:, -1].astype(np.uint8)
