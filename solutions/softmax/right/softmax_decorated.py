# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "early return, default arguments, a decorator"
# ///
import functools


def quiet(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        with np.errstate(all="ignore"):
            return f(*args, **kwargs)

    return inner


@quiet
def my_softmax(z, axis=-1, verbose=False):
    if z.size == 0:
        return z
    e = np.exp(np.subtract(z, np.max(z, axis=axis, keepdims=True)))
    if verbose:
        print(e)
    return np.divide(e, np.sum(e, axis=axis, keepdims=True))
