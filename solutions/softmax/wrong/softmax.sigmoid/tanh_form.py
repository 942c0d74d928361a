# /// case
# exercise = "softmax"
# expect = ["softmax.sigmoid"]
# points = 0.0
# note = "the same curve from tanh"
# ///
def g(t):
    return 0.5 * (1 + np.tanh(t / 2))


def my_softmax(z):
    # logistic function, like in week 2
    return g(np.asarray(z, dtype=np.float64))
