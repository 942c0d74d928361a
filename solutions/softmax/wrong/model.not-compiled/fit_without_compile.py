# /// case
# exercise = "model"
# expect = ["model.not-compiled"]
# points = 1.0
# note = "fit complains, the cell ends with an error"
# ///
inputs = keras.Input(shape=(2,))
x = keras.layers.Dense(10, activation="tanh")(inputs)
outputs = keras.layers.Dense(4)(x)
model = keras.Model(inputs, outputs)
model.fit(X_train, y_train, epochs=5, verbose=0)
