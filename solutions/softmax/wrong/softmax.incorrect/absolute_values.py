# /// case
# exercise = "softmax"
# expect = ["softmax.incorrect"]
# points = 0.0
# note = "the signs are lost"
# ///
def my_softmax(z):
    a = np.abs(z)
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
