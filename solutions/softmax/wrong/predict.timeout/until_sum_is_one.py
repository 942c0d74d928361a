# /// case
# exercise = "prediction"
# expect = ["predict.timeout"]
# points = 1.5
# note = "waits until rounding is gone"
# ///
def predict_proba(model, X):
    p = my_softmax(model.predict(X, verbose=0))
    while np.sum(p) != 1:
        p = p / np.sum(p, axis=1, keepdims=True)
    return p


def predict_class(model, X):
    return tf.argmax(model(X), axis=1).numpy()
