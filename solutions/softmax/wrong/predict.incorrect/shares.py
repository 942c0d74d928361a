# /// case
# exercise = "prediction"
# expect = ["predict.incorrect"]
# points = 1.5
# note = "logits over their sum of sizes"
# ///
def predict_proba(model, X):
    z = model.predict(X, verbose=0)
    return np.abs(z) / np.sum(np.abs(z), axis=1, keepdims=True)


def predict_class(model, X):
    z = model.predict(X, verbose=0)
    return np.argmax(z, axis=1)
