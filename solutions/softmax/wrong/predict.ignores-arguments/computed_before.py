# /// case
# exercise = "prediction"
# expect = ["predict.ignores-arguments"]
# points = 0.0
# note = "answers computed once"
# ///
train_logits = model.predict(X_train, verbose=0)


def predict_proba(model, X):
    return my_softmax(train_logits)[: len(X)]


def predict_class(model, X):
    return train_logits.argmax(axis=1)[: len(X)]
