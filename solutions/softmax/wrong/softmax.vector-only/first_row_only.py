# /// case
# exercise = "softmax"
# expect = ["softmax.vector-only"]
# points = 3.0
# note = "of a batch only the first row is worked on: with one row the numbers are right, and the shape is not"
# ///
def my_softmax(z):
    row = z if z.ndim == 1 else z[0]
    powers = np.exp(row - row.max())
    return powers / powers.sum()
