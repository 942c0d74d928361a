# /// case
# exercise = "softmax"
# expect = ["softmax.epsilon-denominator"]
# points = 0.0
# note = "the running sum starts at 0.01"
# ///
def my_softmax(z):
    def one(v):
        m = float(max(v))
        total = 0.01  # never divide by zero
        e = []
        for x in v:
            e.append(np.exp(float(x) - m))
            total += e[-1]
        return [x / total for x in e]

    return one(z) if z.ndim == 1 else [one(r) for r in z]
