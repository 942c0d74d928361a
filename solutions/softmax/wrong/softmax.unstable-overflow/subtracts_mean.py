# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "shifts, but not by the maximum"
# ///
def my_softmax(z):
    centered = z - np.mean(z, axis=-1, keepdims=True)
    e = np.exp(centered)
    return e / e.sum(axis=-1, keepdims=True)
