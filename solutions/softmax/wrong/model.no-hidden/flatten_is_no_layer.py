# /// case
# exercise = "model"
# expect = ["model.no-hidden"]
# points = 2.0
# note = "layers without weights before the head"
# ///
model = keras.Sequential()
model.add(keras.layers.Flatten())
model.add(keras.layers.Dropout(0.1))
model.add(keras.layers.Dense(4))
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.05))
model.fit(X_train, y_train, epochs=20, verbose=0)
