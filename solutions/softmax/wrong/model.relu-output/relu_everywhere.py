# /// case
# exercise = "model"
# expect = ["model.relu-output"]
# points = 2.0
# note = "relu in every layer"
# ///
model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(25, activation="relu"),
        keras.layers.Dense(15, activation="relu"),
        keras.layers.Dense(4, activation="relu"),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=15, verbose=0)
