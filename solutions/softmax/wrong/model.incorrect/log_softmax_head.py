# /// case
# exercise = "model"
# expect = ["model.incorrect"]
# points = 2.0
# note = "log-softmax at the output: trains well, but not linear"
# ///
model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4, activation="log_softmax"),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
