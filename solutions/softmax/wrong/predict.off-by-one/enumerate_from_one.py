# /// case
# exercise = "prediction"
# expect = ["predict.off-by-one"]
# points = 1.5
# note = "counting starts at 1"
# ///
def predict_proba(model, X):
    return my_softmax(np.array(model(X)))


def predict_class(model, X):
    out = []
    for row in np.array(model(X)):
        best, where = -np.inf, 0
        for k, v in enumerate(row, start=1):
            if v > best:
                best, where = v, k
        out.append(where)
    return out
