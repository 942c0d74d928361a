# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-base"]
# points = 0.0
# note = "base 2"
# ///
def my_softmax(z):
    z = np.asarray(z, dtype=float)
    p = 2 ** (z - z.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)
