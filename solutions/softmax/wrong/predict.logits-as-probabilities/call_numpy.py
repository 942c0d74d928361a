# /// case
# exercise = "prediction"
# expect = ["predict.logits-as-probabilities"]
# points = 1.5
# note = "the model is called, nothing more"
# ///
def predict_proba(model, X):
    # the model gives the probability of each class
    probs = model(X, training=False).numpy()
    return probs


def predict_class(model, X):
    z = model(X, training=False).numpy()
    return z.argmax(-1)
