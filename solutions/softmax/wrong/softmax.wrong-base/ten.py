# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-base"]
# points = 0.0
# note = "base 10"
# ///
def my_softmax(z):
    p = np.power(10.0, z - np.max(z, axis=-1, keepdims=True))
    return p / np.sum(p, axis=-1, keepdims=True)
