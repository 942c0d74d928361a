# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "decimal numbers, a comprehension in a comprehension"
# ///
from decimal import Decimal


def my_softmax(z):
    rows = [[Decimal(float(x)) for x in row] for row in np.atleast_2d(z)]
    tops = [max(row) for row in rows]
    exps = [[float((x - top).exp()) for x in row] for row, top in zip(rows, tops)]
    answer = np.array([[x / sum(row) for x in row] for row in exps])
    return answer if z.ndim == 2 else answer.flatten()
