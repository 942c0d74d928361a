# /// case
# exercise = "model"
# expect = ["model.raises"]
# points = 0.0
# note = "from_logits is handed to the last layer"
# ///
model = keras.Sequential(
    [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear", from_logits=True)]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
