# /// case
# exercise = "model"
# expect = ["model.linear-hidden", "model.double-softmax"]
# points = 1.0
# note = "two mistakes: no activation inside, softmax outside"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16), keras.layers.Dense(4, activation="softmax")]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=20, verbose=0)
