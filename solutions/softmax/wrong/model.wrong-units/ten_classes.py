# /// case
# exercise = "model"
# expect = ["model.wrong-units"]
# points = 2.0
# note = "ten outputs, as for digits"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(25, activation="relu"), keras.layers.Dense(10, activation="linear")]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
