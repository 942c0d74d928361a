# /// case
# exercise = "softmax"
# expect = ["softmax.returns-none"]
# points = 0.0
# note = "return without a value"
# ///
def my_softmax(z):
    out = []
    for row in np.atleast_2d(z):
        m = max(row)
        e = [np.exp(float(v) - float(m)) for v in row]
        out.append([v / sum(e) for v in e])
    result = np.array(out)
    return
