# /// case
# exercise = "softmax"
# expect = ["softmax.one-sided-shift"]
# points = 0.0
# note = "the sum is taken of the shifted logits, the numerator is not shifted"
# ///
def my_softmax(z):
    def row(r):
        biggest = max(float(v) for v in r)
        total = sum(np.exp(float(v) - biggest) for v in r)
        return [np.exp(float(v)) / total for v in r]

    return np.array(row(z) if z.ndim == 1 else [row(r) for r in z])
