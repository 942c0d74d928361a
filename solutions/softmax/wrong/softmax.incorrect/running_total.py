# /// case
# exercise = "softmax"
# expect = ["softmax.incorrect"]
# points = 0.0
# note = "adds the probabilities up"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    return np.cumsum(p, axis=-1)
