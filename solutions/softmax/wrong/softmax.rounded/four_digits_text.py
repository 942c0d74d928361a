# /// case
# exercise = "softmax"
# expect = ["softmax.rounded"]
# points = 0.0
# note = "through a formatted string"
# ///
def my_softmax(z):
    p = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    return np.vectorize(lambda x: float(f"{x:.4f}"))(p)
