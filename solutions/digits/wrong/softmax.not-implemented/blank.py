# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "the template's body"
# ///
def my_softmax(z):
    """Softmax of one vector."""
    raise NotImplementedError
