# /// case
# exercise = "softmax"
# expect = ["softmax.clipped-logits"]
# points = 3.0
# note = "clips at 50 by hand"
# ///
LIMIT = 50.0


def my_softmax(z):
    safe = np.minimum(np.maximum(np.array(z, float), -LIMIT), LIMIT)
    top = np.exp(safe)
    return top / np.sum(top, axis=-1, keepdims=True)
