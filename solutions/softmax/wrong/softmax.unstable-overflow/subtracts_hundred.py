# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "a fixed shift"
# ///
SHIFT = 100.0


def my_softmax(z):
    e = np.exp(np.asarray(z, "float64") - SHIFT)
    return e / e.sum(axis=-1, keepdims=True)
