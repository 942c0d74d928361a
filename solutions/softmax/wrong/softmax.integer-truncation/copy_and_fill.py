# /// case
# exercise = "softmax"
# expect = ["softmax.integer-truncation"]
# points = 3.5
# note = "a copy of z is filled in a loop"
# ///
def my_softmax(z):
    out = z.copy()
    rows = out.reshape(-1, z.shape[-1])
    for k, r in enumerate(z.reshape(-1, z.shape[-1])):
        m = r.max()
        s = sum(np.exp(v - m) for v in r)
        for i in range(len(r)):
            rows[k, i] = np.exp(r[i] - m) / s
    return out
