# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "generators and zip, returns nested lists"
# ///
from math import e as E


def my_softmax(z):
    def probs(v):
        top = float(max(v))
        parts = tuple(E ** (float(x) - top) for x in v)
        whole = sum(parts)
        yield from (p / whole for p in parts)

    return list(probs(z)) if np.ndim(z) == 1 else [list(probs(v)) for v in z]
