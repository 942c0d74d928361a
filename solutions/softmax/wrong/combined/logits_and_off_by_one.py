# /// case
# exercise = "prediction"
# expect = ["predict.logits-as-probabilities", "predict.off-by-one"]
# points = 0.0
# note = "two mistakes, one in each function"
# ///
def predict_proba(model, X):
    return model.predict(X, verbose=0)


def predict_class(model, X):
    return 1 + np.argmax(model.predict(X, verbose=0), axis=1)
