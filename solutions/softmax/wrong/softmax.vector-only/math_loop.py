# /// case
# exercise = "softmax"
# expect = ["softmax.vector-only"]
# points = 3.0
# note = "a row is not a number"
# ///
import math


def my_softmax(z):
    m = max(z.tolist())
    e = [math.exp(v - m) for v in z]
    s = sum(e)
    return [v / s for v in e]
