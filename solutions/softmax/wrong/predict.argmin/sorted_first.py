# /// case
# exercise = "prediction"
# expect = ["predict.argmin"]
# points = 1.5
# note = "the first index of a sorted row"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X))


def predict_class(model, X):
    order = np.argsort(model.predict(X, verbose=0), axis=1)
    return order[:, 0]  # best one first
