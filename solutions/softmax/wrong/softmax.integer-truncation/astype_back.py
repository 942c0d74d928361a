# /// case
# exercise = "softmax"
# expect = ["softmax.integer-truncation"]
# points = 3.5
# note = "converted back to the dtype of z"
# ///
def my_softmax(z):
    x = z.astype("float64")
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    x = x / x.sum(axis=-1, keepdims=True)
    return x.astype(z.dtype)
