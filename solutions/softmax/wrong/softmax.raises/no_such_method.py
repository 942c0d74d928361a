# /// case
# exercise = "softmax"
# expect = ["softmax.raises"]
# points = 0.0
# note = "arrays have no method exp"
# ///
def my_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted.exp() / shifted.exp().sum()
