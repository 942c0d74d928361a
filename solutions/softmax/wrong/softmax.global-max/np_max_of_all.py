# /// case
# exercise = "softmax"
# expect = ["softmax.global-max"]
# points = 3.0
# note = "one maximum for the whole batch"
# ///
def my_softmax(z):
    z = z - np.max(z)
    e = np.exp(z)
    return e / np.sum(e, axis=-1, keepdims=True)
