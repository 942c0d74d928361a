# /// case
# exercise = "softmax"
# expect = []
# points = 5.0
# note = "another name, bound to the one that is graded"
# ///
def stable(z):
    shifted = z - z.max()
    return np.exp(shifted) / np.exp(shifted).sum()


my_softmax = stable
