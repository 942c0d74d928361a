# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-axis"]
# points = 3.0
# note = "columns instead of rows"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / np.sum(e, axis=0)
