# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "shifts by the first logit"
# ///
def my_softmax(z):
    z = np.asarray(z, dtype=np.float64)
    # any constant is fine, so take the first one
    c = z[..., :1]
    a = np.exp(z - c)
    total = np.sum(a, axis=-1)
    return a / np.expand_dims(total, -1)
