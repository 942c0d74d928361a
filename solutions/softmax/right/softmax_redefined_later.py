# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "wrong at first, replaced in the same cell"
# ///
def my_softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


naive = my_softmax


def my_softmax(z):
    if np.ndim(z) > 1:
        return np.array([my_softmax(row) for row in z])
    return naive(np.asarray(z, float) - np.max(z))
