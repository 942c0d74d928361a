# /// case
# exercise = "model"
# expect = ["model.raises"]
# points = 1.0
# note = "from_logits is handed to compile"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss="sparse_categorical_crossentropy", from_logits=True, optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
