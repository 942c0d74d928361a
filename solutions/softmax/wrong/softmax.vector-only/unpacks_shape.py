# /// case
# exercise = "softmax"
# expect = ["softmax.vector-only"]
# points = 3.0
# note = "unpacks one number from the shape"
# ///
def my_softmax(z):
    (n,) = z.shape
    out = np.zeros(n)
    top = np.max(z)
    for i in range(n):
        out[i] = np.exp(z[i] - top)
    return out / np.sum(out)
