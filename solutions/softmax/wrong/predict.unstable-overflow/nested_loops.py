# /// case
# exercise = "prediction"
# expect = ["predict.unstable-overflow"]
# points = 2.5
# note = "math.exp on each logit"
# ///
import math


def predict_proba(model, X):
    result = []
    for row in model.predict(X, verbose=0):
        e = [math.exp(v) for v in row]
        result.append([v / sum(e) for v in e])
    return np.array(result)


def predict_class(model, X):
    return np.array([int(row.argmax()) for row in model.predict(X, verbose=0)])
