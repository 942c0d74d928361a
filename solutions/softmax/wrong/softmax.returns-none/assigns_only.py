# /// case
# exercise = "softmax"
# expect = ["softmax.returns-none"]
# points = 0.0
# note = "computes, forgets return"
# ///
def my_softmax(z):
    z = np.array(z, dtype=float)
    ez = np.exp(z - np.max(z, axis=-1, keepdims=True))
    a = ez / np.sum(ez, axis=-1, keepdims=True)
