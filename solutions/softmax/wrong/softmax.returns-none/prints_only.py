# /// case
# exercise = "softmax"
# expect = ["softmax.returns-none"]
# points = 0.0
# note = "prints the answer"
# ///
def my_softmax(logits):
    """prints the probabilities"""
    x = np.asarray(logits).astype(np.float64)
    x = x - x.max(axis=-1, keepdims=True)
    p = np.exp(x)
    p /= p.sum(axis=-1, keepdims=True)
    print(p)
