# /// case
# exercise = "prediction"
# expect = ["predict.wrong-dtype"]
# points = 1.5
# note = "probabilities formatted for reading"
# ///
def predict_proba(model, X):
    table = []
    for row in tf.nn.softmax(model(X)).numpy():
        table.append([f"{p:.4f}" for p in row])
    return table


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
