# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "the wrong end is made 0"
# ///
def my_softmax(z):
    # make the smallest one 0 so nothing is negative
    z2 = z - np.min(z, axis=-1, keepdims=True)
    return np.exp(z2) / np.sum(np.exp(z2), axis=-1, keepdims=True)
