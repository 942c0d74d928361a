# /// case
# exercise = "model"
# expect = []
# points = 5.0
# note = "no input shape: built by fit"
# ///
model = Sequential([Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="linear")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
model.fit(X, y, epochs=1, verbose=0)
