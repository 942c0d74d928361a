# /// case
# exercise = "prediction"
# expect = ["predict.rounded"]
# points = 1.5
# note = "rounded to 4 digits, in lists"
# ///
def predict_proba(model, X):
    p = tf.nn.softmax(model(X)).numpy()
    return [[round(float(v), 4) for v in row] for row in p]


def predict_class(model, X):
    return tf.argmax(model(X), axis=-1)
