# /// case
# exercise = "softmax"
# expect = ["softmax.hardmax"]
# points = 0.0
# note = "a 1 at the largest logit"
# ///
def my_softmax(z):
    return np.eye(z.shape[-1])[np.argmax(z, axis=-1)]
