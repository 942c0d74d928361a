# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "np.vectorize over math.exp, a shift that is not exactly the maximum"
# ///
import math

exp_each = np.vectorize(math.exp, otypes=[float])


def my_softmax(z):
    # a little above the largest one is as good
    shift = np.ceil(z.max(axis=-1, keepdims=True)) + 1.0
    num = exp_each(z - shift)
    den = num.sum(axis=-1, keepdims=True)
    return num / den
