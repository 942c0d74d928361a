# /// case
# exercise = "softmax"
# expect = ["softmax.missing"]
# points = 0.0
# note = "the name is removed again"
# ///
def my_softmax(z):
    ez = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return ez / np.sum(ez, axis=-1, keepdims=True)


print(my_softmax(np.array([1.0, 2.0])))
del my_softmax
