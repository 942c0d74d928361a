# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "the template's body"
# ///
def my_softmax(z):
    """Softmax along the last axis.

    Args:
        z: array of logits, shape (n,) or (m, n)

    Returns:
        probabilities, in the shape of z
    """
    # your code
    raise NotImplementedError
