# /// case
# exercise = "prediction"
# expect = ["predict.off-by-one"]
# points = 1.5
# note = "classes from 1 to 4"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1) + 1
