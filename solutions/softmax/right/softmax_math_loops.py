# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "plain Python, returns lists"
# ///
import math


def my_softmax(z):
    # works on one list of numbers
    def une_ligne(v):
        plus_grand = max(v)
        exps = [math.exp(x - plus_grand) for x in v]
        somme = sum(exps)
        return [x / somme for x in exps]

    z = z.tolist()
    if z and isinstance(z[0], list):
        return [une_ligne(v) for v in z]
    return une_ligne(z)
