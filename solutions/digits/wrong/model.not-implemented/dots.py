# /// case
# exercise = "model"
# expect = ["model.not-implemented"]
# points = 0.0
# note = "the template's line"
# ///
model = ...
