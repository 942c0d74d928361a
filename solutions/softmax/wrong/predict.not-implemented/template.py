# /// case
# exercise = "prediction"
# expect = ["predict.not-implemented"]
# points = 0.0
# note = "the template's bodies"
# ///
def predict_proba(model, X):
    """Probabilities of the four classes, shape (m, 4), for the points X of shape (m, 2)."""
    # your code
    raise NotImplementedError


def predict_class(model, X):
    """Most likely class, an integer from 0 to 3, shape (m,), for the points X of shape (m, 2)."""
    # your code
    raise NotImplementedError
