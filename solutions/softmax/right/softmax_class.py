# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "an object that can be called"
# ///
class Softmax:
    def __init__(self, axis=-1):
        self.axis = axis

    def __call__(self, z):
        shifted = np.asarray(z, np.float64) - np.max(z, axis=self.axis, keepdims=True)
        weights = np.exp(shifted)
        return weights / weights.sum(axis=self.axis, keepdims=True)


my_softmax = Softmax()
