# /// case
# exercise = "softmax"
# expect = ["softmax.sum-normalised"]
# points = 0.0
# note = "shares of the sum, as lists"
# ///
def my_softmax(z):
    def share(v):
        s = float(sum(v))
        return [float(x) / s for x in v]

    if z.ndim == 1:
        return share(z)
    return list(map(share, z))
