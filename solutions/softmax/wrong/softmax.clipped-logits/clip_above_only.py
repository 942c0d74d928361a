# /// case
# exercise = "softmax"
# expect = ["softmax.clipped-logits"]
# points = 3.0
# note = "an upper bound only, and a shift after it"
# ///
def my_softmax(z):
    z = np.where(z > 100, 100, z).astype(float)
    z = z - z.max(axis=-1, keepdims=True)
    ez = np.exp(z)
    return ez / ez.sum(axis=-1, keepdims=True)
