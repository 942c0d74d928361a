# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "works in float32"
# ///
def my_softmax(z):
    x = np.array(z, dtype=np.float32)
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=-1, keepdims=True)
    return x
