# /// case
# exercise = "softmax"
# expect = ["softmax.batch-only"]
# points = 3.0
# note = "unpacks two numbers from the shape"
# ///
def my_softmax(z):
    m, n = z.shape
    a = np.zeros((m, n))
    for i in range(m):
        e = np.exp(z[i] - z[i].max())
        a[i] = e / e.sum()
    return a
