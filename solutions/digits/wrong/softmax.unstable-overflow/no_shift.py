# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.5
# note = "the exponentials as they are"
# ///
def my_softmax(z):
    ez = np.exp(z)
    sm = ez / np.sum(ez)
    return sm
