# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "an explicit None"
# ///
def my_softmax(logits):
    return None
