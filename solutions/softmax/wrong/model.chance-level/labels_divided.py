# /// case
# exercise = "model"
# expect = ["model.chance-level"]
# points = 2.0
# note = "every label became 0"
# ///
y_scaled = y_train // 4  # bring the labels between 0 and 1
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_scaled, epochs=10, verbose=0)
