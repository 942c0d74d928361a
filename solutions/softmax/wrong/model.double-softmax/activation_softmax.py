# /// case
# exercise = "model"
# expect = ["model.double-softmax"]
# points = 2.0
# note = "softmax, and from_logits=True"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="softmax")]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01)
)
model.fit(X_train, y_train, epochs=10, verbose=0)
