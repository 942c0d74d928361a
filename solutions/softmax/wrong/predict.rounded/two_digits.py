# /// case
# exercise = "prediction"
# expect = ["predict.rounded"]
# points = 1.5
# note = "rounded to 2 digits"
# ///
def predict_proba(model, X):
    return np.round(my_softmax(model.predict(X, verbose=0)), 2)


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
