# /// case
# exercise = "prediction"
# expect = ["predict.returns-none"]
# points = 0.0
# note = "both print"
# ///
def predict_proba(model, X):
    p = my_softmax(model.predict(X, verbose=0))
    print(p)


def predict_class(model, X):
    c = model.predict(X, verbose=0).argmax(axis=1)
    print("classes:", c)
