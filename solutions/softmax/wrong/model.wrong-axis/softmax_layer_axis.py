# /// case
# exercise = "model"
# expect = ["model.wrong-axis"]
# points = 2.0
# note = "softmax over the batch, as a layer"
# ///
model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4),
        keras.layers.Softmax(axis=0),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
