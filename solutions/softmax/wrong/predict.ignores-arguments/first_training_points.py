# /// case
# exercise = "prediction"
# expect = ["predict.ignores-arguments"]
# points = 1.5
# note = "the given model, asked about the first training points, as many as were given"
# ///
def predict_proba(model, X):
    how_many = len(X)
    return tf.nn.softmax(model(X_train[:how_many])).numpy()


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
