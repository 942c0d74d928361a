# /// case
# exercise = "prediction"
# expect = ["predict.returns-none"]
# points = 1.5
# note = "the classes are computed and lost"
# ///
def predict_proba(model, X):
    return tf.nn.softmax(model.predict(X, verbose=0)).numpy()


def predict_class(model, X):
    probs = predict_proba(model, X)
    answer = []
    for row in probs:
        answer.append(int(np.argmax(row)))
