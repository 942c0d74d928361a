# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-shape"]
# points = 0.0
# note = "returns only the largest probability"
# ///
def my_softmax(z):
    ez = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return np.max(ez / ez.sum(axis=-1, keepdims=True), axis=-1)
