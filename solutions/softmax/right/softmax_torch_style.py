# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "keyword dim, clamps nothing, works on any container"
# ///
def my_softmax(z, dim=-1):
    x = np.moveaxis(np.array(z, dtype=np.float64), dim, 0)
    x = np.exp(x - x.max(axis=0))
    return np.moveaxis(x / x.sum(axis=0), 0, dim)
