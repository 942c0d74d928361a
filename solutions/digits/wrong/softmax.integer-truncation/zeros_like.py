# /// case
# exercise = "softmax"
# expect = ["softmax.integer-truncation"]
# points = 4.5
# note = "the result has the type of the input"
# ///
def my_softmax(z):
    a = np.zeros_like(z)
    shifted = z - np.max(z)
    for j in range(len(z)):
        a[j] = np.exp(shifted[j]) / np.sum(np.exp(shifted))
    return a
