# /// case
# exercise = "prediction"
# expect = ["predict.double-softmax"]
# points = 1.5
# note = "softmax of the softmax"
# ///
def predict_proba(model, X):
    p = tf.nn.softmax(model.predict(X, verbose=0))
    return my_softmax(p.numpy())


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
