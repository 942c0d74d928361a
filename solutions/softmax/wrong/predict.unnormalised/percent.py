# /// case
# exercise = "prediction"
# expect = ["predict.unnormalised"]
# points = 1.5
# note = "percentages"
# ///
def predict_proba(model, X):
    return 100 * tf.nn.softmax(model.predict(X, verbose=0)).numpy()


def predict_class(model, X):
    return predict_proba(model, X).argmax(axis=1)
