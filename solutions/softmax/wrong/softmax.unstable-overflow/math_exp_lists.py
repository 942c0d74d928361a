# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "math.exp raises OverflowError"
# ///
import math


def my_softmax(z):
    def one(row):
        exps = [math.exp(v) for v in row]
        s = sum(exps)
        return [e / s for e in exps]

    if len(z.shape) == 1:
        return one(z)
    return [one(r) for r in z]
