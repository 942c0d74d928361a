# /// case
# exercise = "softmax"
# expect = []
# points = 5.0
# note = "two loops over a list of floats"
# ///
def my_softmax(z):
    top = max(z)
    powers = []
    for logit in z:
        powers.append(np.exp(float(logit) - float(top)))
    total = 0.0
    for power in powers:
        total += power
    return [power / total for power in powers]
