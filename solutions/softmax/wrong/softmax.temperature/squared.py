# /// case
# exercise = "softmax"
# expect = ["softmax.temperature"]
# points = 0.0
# note = "probabilities squared and divided again"
# ///
def my_softmax(z):
    z = np.asarray(z, float)
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    sharp = p**2
    return sharp / sharp.sum(axis=-1, keepdims=True)
