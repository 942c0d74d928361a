# /// case
# exercise = "prediction"
# expect = ["predict.double-softmax"]
# points = 1.5
# note = "a probability model, and a softmax on top"
# ///
def predict_proba(model, X):
    prob_model = keras.Sequential([model, keras.layers.Softmax()])
    out = prob_model.predict(X, verbose=0)
    e = np.exp(out)
    return e / e.sum(axis=1, keepdims=True)


def predict_class(model, X):
    return predict_proba(model, X).argmax(axis=1)
