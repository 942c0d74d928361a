# /// case
# exercise = "softmax"
# expect = ["softmax.temperature"]
# points = 0.0
# note = "logits divided by 2"
# ///
def my_softmax(z, T=2.0):
    z = z / T
    ez = np.exp(z - z.max(axis=-1, keepdims=True))
    return ez / ez.sum(axis=-1, keepdims=True)
