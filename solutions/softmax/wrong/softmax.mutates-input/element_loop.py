# /// case
# exercise = "softmax"
# expect = ["softmax.mutates-input"]
# points = 3.5
# note = "shifts each element of z in a loop"
# ///
def my_softmax(z):
    rows = [z] if z.ndim == 1 else z
    probs = []
    for row in rows:
        m = row.max()
        for i in range(len(row)):
            row[i] = row[i] - m
        e = np.exp(row)
        probs.append(e / e.sum())
    return np.array(probs).reshape(z.shape)
