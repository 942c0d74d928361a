# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "through the logarithm of the sum"
# ///
def logsumexp(a):
    m = a.max(axis=-1, keepdims=True)
    return m + np.log(np.exp(a - m).sum(axis=-1, keepdims=True))


def my_softmax(z):
    z = np.asarray(z, dtype=np.float64)
    return np.exp(z - logsumexp(z))
