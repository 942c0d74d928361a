# /// case
# exercise = "softmax"
# expect = ["softmax.wrong-base"]
# points = 0.0
# note = "base 3"
# ///
def my_softmax(z):
    def f(row):
        t = [3.0 ** (float(x) - float(max(row))) for x in row]
        return [x / sum(t) for x in t]

    return f(z) if z.ndim == 1 else [f(r) for r in z]
