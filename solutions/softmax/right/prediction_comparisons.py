# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "no argmax at all"
# ///
def predict_proba(model, X):
    return keras.ops.convert_to_numpy(keras.activations.softmax(model(X)))


def predict_class(model, X):
    z = keras.ops.convert_to_numpy(model(X))
    best = np.zeros(len(z), dtype=np.int64)
    for k in range(1, 4):
        rows = np.arange(len(z))
        best = np.where(z[:, k] > z[rows, best], k, best)
    return best
