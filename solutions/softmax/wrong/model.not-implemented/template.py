# /// case
# exercise = "model"
# expect = ["model.not-implemented"]
# points = 0.0
# note = "the template's body"
# ///
# your code: build the model, compile it, and train it
model = ...
