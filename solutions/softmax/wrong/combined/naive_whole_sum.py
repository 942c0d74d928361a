# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow", "softmax.wrong-axis"]
# points = 2.0
# note = "two mistakes: no shift, and one sum for the whole batch"
# ///
def my_softmax(z):
    return np.exp(z) / np.sum(np.exp(z))
