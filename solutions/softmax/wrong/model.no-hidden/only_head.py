# /// case
# exercise = "model"
# expect = ["model.no-hidden"]
# points = 2.0
# note = "the output layer alone"
# ///
model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(4, activation="linear")])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.05))
model.fit(X_train, y_train, epochs=20, verbose=0)
