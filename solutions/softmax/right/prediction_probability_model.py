# /// case
# exercise = "prediction"
# expect = []
# points = 3.0
# note = "a Softmax layer behind the model"
# ///
def predict_proba(model, X):
    probability_model = keras.Sequential([model, keras.layers.Softmax()])
    return probability_model.predict(np.asarray(X), verbose=0)


def predict_class(model, X):
    # softmax keeps the order, so both ways give the same
    return predict_proba(model, X).argmax(axis=1)
