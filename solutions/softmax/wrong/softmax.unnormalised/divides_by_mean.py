# /// case
# exercise = "softmax"
# expect = ["softmax.unnormalised"]
# points = 0.0
# note = "the mean instead of the sum"
# ///
def my_softmax(z):
    z = z.astype(float)
    z = z - z.max(axis=-1, keepdims=True)
    num = np.exp(z)
    return num / np.mean(num, axis=-1, keepdims=True)
