# /// case
# exercise = "model"
# expect = ["model.wrong-loss"]
# points = 2.0
# note = "categorical hinge"
# ///
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(loss=keras.losses.CategoricalHinge(), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, np.eye(4, dtype="float32")[y_train], epochs=15, verbose=0)
