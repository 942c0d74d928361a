# /// case
# exercise = "softmax"
# expect = ["softmax.epsilon-denominator"]
# points = 0.0
# note = "the running sum starts at 1"
# ///
def my_softmax(z):
    z = np.asarray(z, dtype=np.float64)
    z = z - z.max(axis=-1, keepdims=True)
    denom = np.ones(z.shape[:-1] + (1,))
    for j in range(z.shape[-1]):
        denom[..., 0] += np.exp(z[..., j])
    return np.exp(z) / denom
