# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "a helper on rows"
# ///
def _row(v):
    v = v.astype(float)
    w = np.exp(v - v.max())
    return w / w.sum()


def my_softmax(z):
    return np.apply_along_axis(_row, -1, z)
