# /// case
# exercise = "prediction"
# expect = ["predict.logits-as-probabilities"]
# points = 1.5
# note = "model.predict is taken for the probabilities"
# ///
def predict_proba(model, X):
    return model.predict(X, verbose=0)


def predict_class(model, X):
    return np.argmax(predict_proba(model, X), axis=1)
