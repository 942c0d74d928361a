# /// case
# exercise = "softmax"
# expect = ["softmax.returns-none"]
# points = 0.0
# note = "computed and not returned"
# ///
def my_softmax(z):
    ez = np.exp(z - np.max(z))
    a = ez / np.sum(ez)
