# /// case
# exercise = "prediction"
# expect = ["predict.relu-logits"]
# points = 2.5
# note = "a ReLU before argmax"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    logits = model.predict(X, verbose=0)
    logits = logits * (logits > 0)
    return np.argmax(logits, axis=1)
