# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "returns zeros where it overflowed"
# ///
def my_softmax(z):
    e = np.exp(np.asarray(z, dtype=float))
    s = np.sum(e, axis=-1, keepdims=True)
    if not np.all(np.isfinite(s)):
        return np.zeros(z.shape)
    return e / s
