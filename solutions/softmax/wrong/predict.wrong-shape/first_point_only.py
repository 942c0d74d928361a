# /// case
# exercise = "prediction"
# expect = ["predict.wrong-shape"]
# points = 0.0
# note = "the answer for one point"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))[0]


def predict_class(model, X):
    return int(np.argmax(model.predict(X, verbose=0)[0]))
