# /// case
# exercise = "prediction"
# expect = ["predict.one-hot"]
# points = 1.5
# note = "rows of the identity matrix"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model(X)).numpy()


def predict_class(model, X):
    p = predict_proba(model, X)
    return np.eye(p.shape[1], dtype=np.int64)[p.argmax(axis=1)]
