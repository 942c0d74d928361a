# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "one point at a time, lists"
# ///
def predict_proba(model, X):
    out = []
    for point in X:
        logits = model(point.reshape(1, 2)).numpy()[0]
        out.append(list(my_softmax(logits)))
    return out


def predict_class(model, X):
    classes = []
    for row in np.array(model(X)).tolist():
        classes.append(row.index(max(row)))
    return classes
