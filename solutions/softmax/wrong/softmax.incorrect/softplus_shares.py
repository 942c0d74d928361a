# /// case
# exercise = "softmax"
# expect = ["softmax.incorrect"]
# points = 0.0
# note = "another curve, normalised"
# ///
def my_softmax(z):
    s = np.logaddexp(0.0, z)
    return s / s.sum(axis=-1, keepdims=True)
