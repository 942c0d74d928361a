# /// case
# exercise = "model"
# expect = ["model.label-mismatch"]
# points = 2.0
# note = "classes counted from 1"
# ///
labels = y_train + 1  # class 1, 2, 3, 4
inp = keras.Input((2,))
out = keras.layers.Dense(4)(keras.layers.Dense(16, activation="relu")(inp))
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, labels, epochs=5, verbose=0)
