# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "an epsilon far below float32's accuracy"
# ///
def my_softmax(z):
    e = np.exp(np.asarray(z, dtype=np.float64) - np.max(z, axis=-1, keepdims=True))
    return e / (np.sum(e, axis=-1, keepdims=True) + 1e-12)
