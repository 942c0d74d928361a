# /// case
# exercise = "softmax"
# expect = ["softmax.unnormalised"]
# points = 0.0
# note = "percentages"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return p * 100  # in percent
