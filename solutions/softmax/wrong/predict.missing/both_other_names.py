# /// case
# exercise = "prediction"
# expect = ["predict.missing"]
# points = 0.0
# note = "two functions under other names"
# ///
def probabilities(model, X):
    return my_softmax(model.predict(X, verbose=0))


def classes(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
