# /// case
# exercise = "prediction"
# expect = ["predict.raises"]
# points = 1.5
# note = "arrays have no method softmax"
# ///
def predict_proba(model, X):
    return model.predict(X, verbose=0).softmax(axis=1)


def predict_class(model, X):
    return np.argmax(model.predict(X, verbose=0), axis=1)
