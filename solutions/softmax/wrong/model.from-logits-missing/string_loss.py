# /// case
# exercise = "model"
# expect = ["model.from-logits-missing"]
# points = 2.0
# note = "the loss by its name"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
