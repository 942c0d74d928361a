# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "one over the sum of exp of differences"
# ///
def my_softmax(z):
    """a_j = 1 / sum_k exp(z_k - z_j): nothing above 0 is ever lost, inf gives 0."""
    z = np.asarray(z, dtype=np.float64)
    out = np.empty(z.shape)
    flat_in, flat_out = z.reshape(-1, z.shape[-1]), out.reshape(-1, z.shape[-1])
    for row, target in zip(flat_in, flat_out):
        for j in range(len(row)):
            with np.errstate(over="ignore"):
                target[j] = 1.0 / np.sum(np.exp(row - row[j]))
    return out
