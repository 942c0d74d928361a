# /// case
# exercise = "softmax"
# expect = ["softmax.integer-truncation"]
# points = 3.5
# note = "the exponentials, not the results, go into an array made like the input: integers leave 1 for the largest logit and 0 for the rest"
# ///
def my_softmax(z):
    if z.ndim > 1:
        return np.stack([my_softmax(row) for row in z])
    largest = z.max()
    exps = np.zeros_like(z)
    for i in range(z.size):
        exps[i] = np.exp(z[i] - largest)
    return exps / exps.sum()
