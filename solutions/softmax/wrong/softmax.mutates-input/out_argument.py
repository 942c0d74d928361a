# /// case
# exercise = "softmax"
# expect = ["softmax.mutates-input"]
# points = 3.5
# note = "np.subtract with out=z"
# ///
def my_softmax(z):
    top = np.amax(z, axis=-1, keepdims=True)
    np.subtract(z, top, out=z)
    num = np.exp(z)
    return num / np.sum(num, axis=-1, keepdims=True)
