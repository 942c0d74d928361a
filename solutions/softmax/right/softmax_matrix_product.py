# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "a sum by matrix product"
# ///
def my_softmax(z):
    two_d = np.atleast_2d(z).astype("float64")
    n = two_d.shape[1]
    expo = np.exp(two_d - np.sort(two_d, axis=1)[:, -1:])
    totals = expo @ np.ones((n, 1))
    res = expo / totals
    return res.reshape(z.shape)
