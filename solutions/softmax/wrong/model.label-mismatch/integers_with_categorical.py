# /// case
# exercise = "model"
# expect = ["model.label-mismatch"]
# points = 2.0
# note = "integer labels, one-hot loss"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
