# /// case
# exercise = "prediction"
# expect = ["predict.wrong-axis"]
# points = 1.5
# note = "tf.argmax without an axis"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X)).numpy()


def predict_class(model, X):
    return tf.argmax(model(X)).numpy()
