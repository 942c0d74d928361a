# /// case
# exercise = "model"
# expect = ["model.softmax-output"]
# points = 2.0
# note = "softmax and a loss on probabilities"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="softmax")]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=10, verbose=0)
