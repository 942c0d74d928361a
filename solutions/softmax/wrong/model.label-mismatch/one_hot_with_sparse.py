# /// case
# exercise = "model"
# expect = ["model.label-mismatch"]
# points = 2.0
# note = "one-hot labels, integer loss"
# ///
Y = keras.utils.to_categorical(y_train, 4)
model = keras.Sequential()
model.add(keras.Input((2,)))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(4))
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, Y, epochs=5, verbose=0)
