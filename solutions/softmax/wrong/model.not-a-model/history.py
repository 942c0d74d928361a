# /// case
# exercise = "model"
# expect = ["model.not-a-model"]
# points = 0.0
# note = "keeps what fit returned"
# ///
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model = model.fit(X_train, y_train, epochs=5, verbose=0)
