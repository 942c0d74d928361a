# /// case
# exercise = "softmax"
# expect = ["softmax.raises"]
# points = 0.0
# note = "asks for an argument nobody gives"
# ///
def my_softmax(z, axis):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
