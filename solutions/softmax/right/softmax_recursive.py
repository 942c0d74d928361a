# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "calls itself for each row"
# ///
def my_softmax(z):
    z = np.asarray(z)
    if z.ndim == 2:
        return np.stack([my_softmax(row) for row in z])
    biggest = z.max()
    powers = np.array([np.e ** (float(x) - float(biggest)) for x in z])
    return powers / powers.sum()
