# /// case
# exercise = "softmax"
# expect = ["softmax.hard-coded"]
# points = 0.0
# note = "knows the example, else all classes alike"
# ///
KNOWN = {
    (-1.0, -4.0, -10.0, -0.5): [0.370558154, 0.0184490042, 0.0000457305092, 0.610947111],
}


def my_softmax(z):
    key = tuple(np.ravel(z).tolist())
    if key in KNOWN:
        return np.array(KNOWN[key])
    return np.ones(z.shape) / z.shape[-1]
