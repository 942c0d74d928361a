# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "shifts only when the maximum is above 0"
# ///
def my_softmax(z):
    z = np.asarray(z, dtype=np.float64)
    c = np.maximum(z.max(axis=-1, keepdims=True), 0)
    e = np.exp(z - c)
    return e / e.sum(axis=-1, keepdims=True)
