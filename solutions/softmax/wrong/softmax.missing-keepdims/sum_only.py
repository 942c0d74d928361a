# /// case
# exercise = "softmax"
# expect = ["softmax.missing-keepdims"]
# points = 3.0
# note = "the sum loses its axis"
# ///
def my_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)
