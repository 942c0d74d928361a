# /// case
# exercise = "prediction"
# expect = ["predict.timeout"]
# points = 1.5
# note = "the row counter stands still"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    z = model.predict(X, verbose=0)
    i = 0
    classes = np.zeros(len(z), dtype=int)
    while i < len(z):
        classes[i] = np.argmax(z[i])
    return classes
