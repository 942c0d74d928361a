# /// case
# exercise = "prediction"
# expect = ["predict.missing"]
# points = 1.5
# note = "predict_probas"
# ///
def predict_probas(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=-1)
