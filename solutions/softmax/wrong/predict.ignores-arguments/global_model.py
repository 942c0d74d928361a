# /// case
# exercise = "prediction"
# expect = ["predict.ignores-arguments"]
# points = 0.0
# note = "the trained model instead of the one that is given"
# ///
def predict_proba(m, X):
    logits = model.predict(X, verbose=0)
    return my_softmax(logits)


def predict_class(m, X):
    logits = model.predict(X, verbose=0)
    return np.argmax(logits, axis=1)
