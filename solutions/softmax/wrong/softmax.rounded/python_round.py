# /// case
# exercise = "softmax"
# expect = ["softmax.rounded"]
# points = 0.0
# note = "rounded to 2 digits in lists"
# ///
def my_softmax(z):
    def go(v):
        m = max(float(x) for x in v)
        e = [np.exp(float(x) - m) for x in v]
        return [round(float(x / sum(e)), 2) for x in e]

    if z.ndim == 1:
        return go(z)
    return [go(v) for v in z]
