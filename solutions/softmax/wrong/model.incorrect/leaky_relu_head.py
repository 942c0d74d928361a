# /// case
# exercise = "model"
# expect = ["model.incorrect"]
# points = 2.0
# note = "leaky relu at the output"
# ///
inputs = keras.Input((2,))
h = keras.layers.Dense(16, activation="relu")(inputs)
out = keras.layers.LeakyReLU(negative_slope=0.1)(keras.layers.Dense(4)(h))
model = keras.Model(inputs, out)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
