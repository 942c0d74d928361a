# /// case
# exercise = "prediction"
# expect = ["predict.threshold"]
# points = 1.5
# note = "the first class above one half, else the last"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    classes = []
    for p in predict_proba(model, X):
        if p[0] > 0.5:
            classes.append(0)
        elif p[1] > 0.5:
            classes.append(1)
        elif p[2] > 0.5:
            classes.append(2)
        else:
            classes.append(3)
    return classes
