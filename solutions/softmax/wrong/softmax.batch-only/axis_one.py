# /// case
# exercise = "softmax"
# expect = ["softmax.batch-only"]
# points = 3.0
# note = "axis 1 does not exist on a vector"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)
