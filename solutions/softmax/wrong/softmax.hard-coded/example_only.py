# /// case
# exercise = "softmax"
# expect = ["softmax.hard-coded"]
# points = 0.0
# note = "returns the example's answer"
# ///
def my_softmax(z):
    return np.array([3.70558154e-01, 1.84490042e-02, 4.57305092e-05, 6.10947111e-01])
