# /// case
# exercise = "softmax"
# expect = ["softmax.half-precision"]
# points = 0.0
# note = "right, then stored in float16"
# ///
def my_softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    return p.astype("float16")  # saves memory
