# /// case
# exercise = "prediction"
# expect = ["predict.threshold"]
# points = 1.5
# note = "rounds the probabilities"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X)).numpy()


def predict_class(model, X):
    return np.round(predict_proba(model, X)).astype("int32")
