# /// case
# exercise = "softmax"
# expect = ["softmax.rounded"]
# points = 0.0
# note = "rounded to 3 digits"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return np.round(e / e.sum(axis=-1, keepdims=True), 3)
