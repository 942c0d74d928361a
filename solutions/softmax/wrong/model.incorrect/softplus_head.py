# /// case
# exercise = "model"
# expect = ["model.incorrect"]
# points = 2.0
# note = "softplus at the output"
# ///
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="softplus")])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
