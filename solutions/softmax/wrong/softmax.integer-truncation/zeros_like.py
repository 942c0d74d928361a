# /// case
# exercise = "softmax"
# expect = ["softmax.integer-truncation"]
# points = 3.5
# note = "the result takes the dtype of z"
# ///
def my_softmax(z):
    a = np.zeros_like(z)
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    a[...] = e / e.sum(axis=-1, keepdims=True)
    return a
