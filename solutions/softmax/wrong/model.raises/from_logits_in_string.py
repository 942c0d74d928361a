# /// case
# exercise = "model"
# expect = ["model.raises"]
# points = 1.0
# note = "the loss is a call inside a string"
# ///
model = keras.Sequential()
model.add(keras.Input(shape=(2,)))
model.add(keras.layers.Dense(25, activation="relu"))
model.add(keras.layers.Dense(4))
model.compile(loss="SparseCategoricalCrossentropy(from_logits=True)", optimizer="adam")
model.fit(X_train, y_train, epochs=5, verbose=0)
