# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "one line"
# ///
my_softmax = lambda z: (lambda e: e / e.sum(-1, keepdims=True))(np.exp(z - z.max(-1, keepdims=True)))
