# /// case
# exercise = "model"
# expect = ["model.not-compiled"]
# points = 1.0
# note = "built, and left there"
# ///
model = keras.Sequential()
model.add(keras.layers.Input(shape=(2,)))
model.add(keras.layers.Dense(12, activation="relu"))
model.add(keras.layers.Dense(4, activation="linear"))
model.summary()
