# /// case
# exercise = "prediction"
# expect = ["predict.wrong-axis"]
# points = 1.5
# note = "argmax over the points"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X), axis=1)


def predict_class(model, X):
    yhat = model.predict(X, verbose=0)
    return np.argmax(yhat, axis=0)
