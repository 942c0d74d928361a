# /// case
# exercise = "model"
# expect = ["model.wrong-loss"]
# points = 2.0
# note = "four yes-no questions instead of one choice"
# ///
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, tf.one_hot(y_train, 4), epochs=15, verbose=0)
