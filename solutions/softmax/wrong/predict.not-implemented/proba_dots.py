# /// case
# exercise = "prediction"
# expect = ["predict.not-implemented"]
# points = 1.5
# note = "the first one is left"
# ///
def predict_proba(model, X):
    ...


def predict_class(model, X):
    return [int(np.argmax(row)) for row in model.predict(X, verbose=0)]
