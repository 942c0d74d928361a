# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-axis"]
# points = 3.0
# note = "the row's maximum, then the sum of everything"
# ///
def my_softmax(z):
    shifted = z - np.amax(z, axis=-1, keepdims=True)
    probs = np.exp(shifted)
    probs = probs / probs.sum()
    return probs
