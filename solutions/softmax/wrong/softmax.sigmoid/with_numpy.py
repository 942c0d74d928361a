# /// case
# exercise = "softmax"
# expect = ["softmax.sigmoid"]
# points = 0.0
# note = "each logit on its own"
# ///
def my_softmax(z):
    return 1 / (1 + np.exp(-z))
