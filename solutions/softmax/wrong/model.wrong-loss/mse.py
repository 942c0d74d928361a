# /// case
# exercise = "model"
# expect = ["model.wrong-loss"]
# points = 2.0
# note = "mean squared error on one-hot labels"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, keras.utils.to_categorical(y_train, 4), epochs=15, verbose=0)
