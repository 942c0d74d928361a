# /// case
# exercise = "prediction"
# expect = ["predict.sigmoid"]
# points = 1.5
# note = "the logistic formula"
# ///
sigma = lambda t: 1.0 / (1.0 + np.exp(-np.asarray(t, dtype="float64")))


def predict_proba(model, X):
    f = model(X)
    return sigma(f)


def predict_class(model, X):
    f = model(X)
    return tf.math.argmax(f, axis=1)
