# /// case
# exercise = "model"
# expect = ["model.not-a-model"]
# points = 0.0
# note = "a list of layers"
# ///
model = [
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(4, activation="linear"),
]
