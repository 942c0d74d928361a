# /// case
# exercise = "softmax"
# expect = ["softmax.half-precision"]
# points = 0.0
# note = "works in float16"
# ///
def my_softmax(z):
    z = z.astype(np.float16)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
