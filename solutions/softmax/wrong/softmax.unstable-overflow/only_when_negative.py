# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "shifts only when every logit is negative"
# ///
def my_softmax(z):
    m = np.max(z, axis=-1, keepdims=True).astype("float64")
    m = np.where(m < 0, m, 0.0)
    num = np.exp(z.astype("float64") - m)
    return num / num.sum(axis=-1, keepdims=True)
