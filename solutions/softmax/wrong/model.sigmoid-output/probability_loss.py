# /// case
# exercise = "model"
# expect = ["model.sigmoid-output"]
# points = 2.0
# note = "sigmoid, and a loss on probabilities"
# ///
model = keras.Sequential()
model.add(keras.layers.Dense(16, activation="relu"))
model.add(keras.layers.Dense(4))
model.add(keras.layers.Activation("sigmoid"))
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
