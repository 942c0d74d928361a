# /// case
# exercise = "model"
# expect = ["model.wrong-units"]
# points = 1.0
# note = "one output and a binary loss"
# ///
model = keras.Sequential(
    [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="linear")]
)
model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
