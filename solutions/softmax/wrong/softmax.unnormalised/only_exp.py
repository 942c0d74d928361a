# /// case
# exercise = "softmax"
# expect = ["softmax.unnormalised"]
# points = 0.0
# note = "the exponentials, shifted, not divided"
# ///
def my_softmax(z):
    return np.exp(z - np.max(z, axis=-1, keepdims=True))
