# /// case
# exercise = "softmax"
# expect = ["softmax.missing-keepdims"]
# points = 3.0
# note = "maximum and sum both lose their axis"
# ///
def my_softmax(z):
    e_z = np.exp(z - np.max(z, axis=-1))
    return e_z / e_z.sum(axis=-1)
