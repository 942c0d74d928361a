# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "pass"
# ///
def my_softmax(z):
    # e^z / sum e^z ???
    pass
