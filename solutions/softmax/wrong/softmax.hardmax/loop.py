# /// case
# exercise = "softmax"
# expect = ["softmax.hardmax"]
# points = 0.0
# note = "the same, in loops"
# ///
def my_softmax(z):
    rows = [z] if z.ndim == 1 else z
    result = []
    for r in rows:
        best = 0
        for i, v in enumerate(r):
            if v > r[best]:
                best = i
        result.append([1.0 if i == best else 0.0 for i in range(len(r))])
    return result[0] if z.ndim == 1 else result
