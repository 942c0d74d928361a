# /// case
# exercise = "prediction"
# expect = ["predict.logits-as-probabilities"]
# points = 1.5
# note = "rows as lists"
# ///
def predict_proba(model, X):
    return [list(map(float, row)) for row in model.predict(X, verbose=0)]


def predict_class(model, X):
    return [row.index(max(row)) for row in predict_proba(model, X)]
