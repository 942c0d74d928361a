# /// case
# exercise = "prediction"
# expect = ["predict.raises"]
# points = 0.0
# note = "methods that Keras removed"
# ///
def predict_proba(model, X):
    return model.predict_proba(X)


def predict_class(model, X):
    return model.predict_classes(X)
