# /// case
# exercise = "softmax"
# expect = ["softmax.unnormalised"]
# points = 0.0
# note = "divided by the number of logits"
# ///
def my_softmax(z):
    ez = np.exp(z - np.max(z))
    return ez / len(z)
