# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a Normalization layer, no bias at the head, a last Activation layer"
# ///
norm = keras.layers.Normalization()
norm.adapt(X_train)
model = keras.Sequential(
    [
        norm,
        keras.layers.Dense(20, activation="relu"),
        keras.layers.Dense(4, use_bias=False),
        keras.layers.Activation("linear"),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
