# /// case
# exercise = "softmax"
# expect = ["softmax.hard-coded"]
# points = 0.0
# note = "every class alike, whatever the logits"
# ///
def my_softmax(z):
    n = z.shape[-1]
    return np.full(z.shape, 1.0 / n)
