# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-axis"]
# points = 3.0
# note = "divides by the sum of the whole array"
# ///
def my_softmax(z):
    ez = np.exp(z - np.max(z))
    return ez / np.sum(ez)
