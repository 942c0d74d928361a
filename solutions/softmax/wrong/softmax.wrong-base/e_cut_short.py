# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-base"]
# points = 0.0
# note = "e = 2.718"
# ///
e = 2.718


def my_softmax(z):
    shifted = z - np.max(z, axis=-1, keepdims=True)
    num = e ** shifted.astype("float64")
    return num / num.sum(axis=-1, keepdims=True)
