# /// case
# exercise = "softmax"
# expect = ["softmax.divided-by-max"]
# points = 0.0
# note = "z / max z instead of z - max z"
# ///
def my_softmax(z):
    z = z / np.max(z, axis=-1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=-1, keepdims=True)
