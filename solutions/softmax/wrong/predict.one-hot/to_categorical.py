# /// case
# exercise = "prediction"
# expect = ["predict.one-hot"]
# points = 1.5
# note = "one-hot rows"
# ///
def predict_proba(model, X):
    return my_softmax(model.predict(X, verbose=0))


def predict_class(model, X):
    c = np.argmax(model.predict(X, verbose=0), axis=1)
    return keras.utils.to_categorical(c, 4).astype(int)
