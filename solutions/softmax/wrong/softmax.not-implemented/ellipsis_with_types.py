# /// case
# exercise = "softmax"
# expect = ["softmax.not-implemented"]
# points = 0.0
# note = "dots"
# ///
def my_softmax(z: np.ndarray) -> np.ndarray:
    ...
