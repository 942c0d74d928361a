# /// case
# exercise = "softmax"
# expect = ["softmax.log-softmax"]
# points = 0.0
# note = "the logarithms of the probabilities"
# ///
def my_softmax(z):
    m = np.max(z, axis=-1, keepdims=True)
    return (z - m) - np.log(np.sum(np.exp(z - m), axis=-1, keepdims=True))
