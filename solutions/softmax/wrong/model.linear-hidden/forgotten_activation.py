# /// case
# exercise = "model"
# expect = ["model.linear-hidden"]
# points = 2.0
# note = "no activation anywhere"
# ///
model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(25),
        keras.layers.Dense(15),
        keras.layers.Dense(4),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
