# /// case
# exercise = "prediction"
# expect = ["predict.sigmoid"]
# points = 1.5
# note = "sigmoid of each logit"
# ///
def predict_proba(model, X):
    return tf.nn.sigmoid(model.predict(X, verbose=0)).numpy()


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
