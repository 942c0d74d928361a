# /// case
# exercise = "prediction"
# expect = ["predict.wrong-dtype"]
# points = 1.5
# note = "cast to float32"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X))


def predict_class(model, X):
    return tf.cast(tf.argmax(model(X), axis=1), tf.float32)
