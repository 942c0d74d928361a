# /// case
# exercise = "softmax"
# expect = ["softmax.global-max"]
# points = 3.0
# note = "the maximum outside the loop over rows"
# ///
def my_softmax(z):
    biggest = z.flatten().max()

    def vec(row):
        e = [np.exp(float(x) - float(biggest)) for x in row]
        return [x / sum(e) for x in e]

    return np.array(vec(z) if z.ndim == 1 else [vec(r) for r in z])
