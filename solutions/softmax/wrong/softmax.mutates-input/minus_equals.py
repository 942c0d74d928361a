# /// case
# exercise = "softmax"
# expect = ["softmax.mutates-input"]
# points = 3.5
# note = "z -= max"
# ///
def my_softmax(z):
    z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)
