# /// case
# exercise = "prediction"
# expect = ["predict.relu-logits"]
# points = 1.5
# note = "a ReLU before the softmax"
# ///
def predict_proba(model, X):
    z = tf.nn.relu(model(X))
    return tf.nn.softmax(z).numpy()


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
