# /// case
# exercise = "model"
# expect = ["model.raises"]
# points = 0.0
# note = "the number of points taken for the number of inputs"
# ///
model = keras.Sequential(
    [
        keras.layers.Input(shape=(800, 2, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
model.fit(X_train, y_train, epochs=5, verbose=0)
