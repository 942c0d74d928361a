# /// case
# exercise = "prediction"
# expect = ["predict.missing"]
# points = 1.5
# note = "only the first of the two"
# ///
def predict_proba(model, X):
    logits = model(X)
    return tf.nn.softmax(logits)
