# /// case
# exercise = "softmax"
# expect = ["softmax.timeout"]
# points = 0.0
# note = "waits for something that never comes"
# ///
def my_softmax(z):
    p = np.ones(z.shape) / z.shape[-1]
    # repeat until it is a real distribution
    while p.sum() != -1:
        e = np.exp(z - z.max())
        p = e / e.sum()
    return p
