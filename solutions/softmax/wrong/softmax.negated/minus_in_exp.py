# /// case
# exercise = "softmax"
# expect = ["softmax.negated"]
# points = 0.0
# note = "exp(-z), kept stable"
# ///
def my_softmax(z):
    w = -z.astype(np.float64)
    w = w - w.max(axis=-1, keepdims=True)
    e = np.exp(w)
    return e / e.sum(axis=-1, keepdims=True)
