# /// case
# exercise = "prediction"
# expect = ["predict.wrong-dtype"]
# points = 1.5
# note = "classes as floats"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    classes = np.zeros(len(X))
    for i, row in enumerate(model.predict(X, verbose=0)):
        classes[i] = np.argmax(row)
    return classes
