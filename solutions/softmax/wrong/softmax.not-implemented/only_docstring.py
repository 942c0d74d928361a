# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "a docstring and nothing else"
# ///
def my_softmax(z):
    """exp of z divided by the sum"""
