# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "a bar at 700, row by row"
# ///
def my_softmax(z):
    def row(r):
        r = np.array(r, dtype=float)
        if max(r) > 700:  # exp would overflow
            r = r - max(r)
        return np.exp(r) / sum(np.exp(r))

    if z.ndim == 2:
        return np.array([row(r) for r in z])
    return row(z)
