# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "NumPy's logaddexp, in double precision"
# ///
def my_softmax(z):
    z = z.astype(np.double)
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
