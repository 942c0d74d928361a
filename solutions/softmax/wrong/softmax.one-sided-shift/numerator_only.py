# /// case
# exercise = "softmax"
# expect = ["softmax.one-sided-shift"]
# points = 0.0
# note = "the maximum is subtracted above the fraction bar only"
# ///
def my_softmax(z):
    m = np.max(z, axis=-1, keepdims=True)
    return np.exp(z - m) / np.sum(np.exp(z), axis=-1, keepdims=True)
