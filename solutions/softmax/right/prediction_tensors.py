# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "tensors in, tensors out"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X, training=False), axis=-1)


def predict_class(model, X):
    return tf.argmax(model(X, training=False), axis=-1)
