# /// case
# exercise = "model"
# expect = ["model.wrong-units"]
# points = 2.0
# note = "one output too many"
# ///
i = keras.Input((2,))
h = keras.layers.Dense(20, "relu")(i)
o = keras.layers.Dense(int(max(y_train)) + 2)(h)
model = keras.Model(i, o)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=30, verbose=0)
