# /// case
# exercise = "softmax"
# expect = ["softmax.sum-normalised"]
# points = 0.0
# note = "divides by the sum, without exp"
# ///
def my_softmax(z):
    return z / np.sum(z, axis=-1, keepdims=True)
