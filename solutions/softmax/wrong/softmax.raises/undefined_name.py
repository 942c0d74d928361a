# /// case
# exercise = "softmax"
# expect = ["softmax.raises"]
# points = 0.0
# note = "exp was never imported"
# ///
def my_softmax(z):
    ez = exp(z - np.max(z, axis=-1, keepdims=True))
    return ez / np.sum(ez, axis=-1, keepdims=True)
