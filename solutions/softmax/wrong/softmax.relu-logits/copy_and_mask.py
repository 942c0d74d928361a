# /// case
# exercise = "softmax"
# expect = ["softmax.relu-logits"]
# points = 0.0
# note = "a mask on a copy"
# ///
def my_softmax(z):
    a = np.array(z, dtype=np.float64, copy=True)
    a[a < 0] = 0.0  # no negative scores
    a -= a.max(axis=-1, keepdims=True)
    a = np.exp(a)
    return a / a.sum(axis=-1, keepdims=True)
