# /// case
# exercise = "prediction"
# expect = ["predict.threshold"]
# points = 1.5
# note = "compares the logits with 0"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model.predict(X, verbose=0)).numpy()


def predict_class(model, X):
    z = model.predict(X, verbose=0)
    return np.where(z > 0, 1, 0)
