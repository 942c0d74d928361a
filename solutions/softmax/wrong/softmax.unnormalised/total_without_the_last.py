# /// case
# exercise = "softmax"
# expect = ["softmax.unnormalised"]
# points = 0.0
# note = "the loop over the total stops one element early; where the last logit is by far the largest, the total is 0"
# ///
def my_softmax(z):
    if z.ndim == 2:
        return np.array([my_softmax(row) for row in z])
    powers = np.exp(z - z.max())
    total = 0.0
    for i in range(len(z) - 1):
        total += powers[i]
    return powers / total
