# /// case
# exercise = "softmax"
# expect = ["softmax.missing"]
# points = 0.0
# note = "right work under another name"
# ///
def softmax(z):
    z = np.asarray(z, dtype="float64")
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
