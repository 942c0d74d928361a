# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "the textbook formula"
# ///
def my_softmax(z):
    ez = np.exp(z)
    return ez / np.sum(ez, axis=-1, keepdims=True)
