# /// case
# exercise = "model"
# expect = ["model.diverged"]
# points = 2.0
# note = "trained on a point that is not a number"
# ///
X_scaled = X_train.copy()
X_scaled = X_scaled / (X_scaled - X_scaled[0])  # scale by the distance to the first point
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_scaled, y_train, epochs=3, verbose=0)
