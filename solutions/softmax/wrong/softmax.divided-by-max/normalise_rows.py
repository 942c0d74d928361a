# /// case
# exercise = "softmax"
# expect = ["softmax.divided-by-max"]
# points = 0.0
# note = "the same in loops"
# ///
def my_softmax(z):
    """normalize first so the numbers stay small"""
    rows = z if z.ndim > 1 else [z]
    out = []
    for r in rows:
        top = float(max(r))
        scaled = [float(v) / top for v in r]
        e = np.exp(scaled)
        out.append(e / e.sum())
    return np.array(out).reshape(z.shape)
