# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "differences below -745 underflow to 0 anyway"
# ///
def my_softmax(z):
    d = np.asarray(z, dtype=np.float64) - np.max(z, axis=-1, keepdims=True)
    d = np.clip(d, -745, 0)
    w = np.exp(d)
    return w / w.sum(axis=-1, keepdims=True)
