# /// case
# exercise = "model"
# expect = ["model.from-logits-missing"]
# points = 2.0
# note = "a loss object without the argument"
# ///
model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.SparseCategoricalCrossentropy())
model.fit(X_train, y_train, batch_size=64, epochs=10, verbose=0)
