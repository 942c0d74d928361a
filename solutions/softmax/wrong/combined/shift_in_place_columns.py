# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-axis", "softmax.mutates-input"]
# points = 2.5
# note = "two mistakes: columns, and z -= max"
# ///
def my_softmax(z):
    z -= z.max(axis=0)
    e = np.exp(z)
    return e / e.sum(axis=0)
