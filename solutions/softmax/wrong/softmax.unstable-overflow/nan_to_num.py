# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "hides the NaN"
# ///
def my_softmax(z):
    with np.errstate(all="ignore"):
        num = np.exp(z.astype("float64"))
        den = num.sum(-1, keepdims=True)
        res = num / den
    # nan comes from very big numbers
    return np.nan_to_num(res)
