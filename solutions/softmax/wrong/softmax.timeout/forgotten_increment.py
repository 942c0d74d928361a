# /// case
# exercise = "softmax"
# expect = ["softmax.timeout"]
# points = 0.0
# note = "a while loop whose counter stands still"
# ///
def my_softmax(z):
    total = 0
    i = 0
    while i < z.shape[-1]:
        total = total + np.exp(z[..., i])
    return np.exp(z) / total
