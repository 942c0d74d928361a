# /// case
# exercise = "softmax"
# expect = ["softmax.vector-only"]
# points = 3.0
# note = "refuses a batch"
# ///
def my_softmax(z):
    if z.ndim != 1:
        raise ValueError("z must be a vector")
    ez = np.exp(z - z.max())
    return ez / ez.sum()
