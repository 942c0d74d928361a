# /// case
# exercise = "softmax"
# expect = ["softmax.clipped-logits"]
# points = 3.0
# note = "clips at 500"
# ///
def my_softmax(z):
    z = np.clip(z.astype(np.float64), -500, 500)  # avoid overflow
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)
