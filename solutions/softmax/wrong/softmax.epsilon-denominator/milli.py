# /// case
# exercise = "softmax"
# expect = ["softmax.epsilon-denominator"]
# points = 0.0
# note = "1e-3 added to the denominator"
# ///
EPS = 1e-3


def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / (np.sum(e, axis=-1, keepdims=True) + EPS)
