# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-shape"]
# points = 0.0
# note = "one axis too many behind"
# ///
def my_softmax(z):
    p = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    return p[..., np.newaxis]
