# /// case
# exercise = "prediction"
# expect = ["predict.max-not-argmax"]
# points = 1.5
# note = "the largest probability itself"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model.predict(X, verbose=0)).numpy()


def predict_class(model, X):
    return np.max(predict_proba(model, X), axis=1)
