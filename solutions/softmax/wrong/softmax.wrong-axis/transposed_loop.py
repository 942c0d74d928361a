# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-axis"]
# points = 3.0
# note = "loops over columns"
# ///
def my_softmax(z):
    z = np.array(z, dtype=float)
    if z.ndim == 1:
        w = np.exp(z - z.max())
        return w / w.sum()
    res = np.empty_like(z)
    for j in range(z.shape[1]):
        col = z[:, j]
        w = np.exp(col - col.max())
        res[:, j] = w / w.sum()
    return res
