# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-shape"]
# points = 0.0
# note = "one axis too many in front"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return [e / np.sum(e, axis=-1, keepdims=True)]
