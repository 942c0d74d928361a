# /// case
# exercise = "prediction"
# expect = ["predict.relu-logits"]
# points = 1.5
# note = "negative logits become 0"
# ///
def predict_proba(model, X):
    logits = np.maximum(0, model.predict(X, verbose=0))
    return my_softmax(logits)


def predict_class(model, X):
    logits = model.predict(X, verbose=0)
    return logits.argmax(axis=-1)
