# /// case
# exercise = "softmax"
# expect = ["softmax.relu-logits"]
# points = 0.0
# note = "negative logits become 0 first"
# ///
def my_softmax(z):
    z = np.maximum(z, 0)
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
