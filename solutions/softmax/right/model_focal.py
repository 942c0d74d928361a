# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "focal cross-entropy on logits"
# ///
Y = np.eye(4, dtype="float32")[y_train]
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(
    loss=keras.losses.CategoricalFocalCrossentropy(from_logits=True, gamma=2.0),
    optimizer=keras.optimizers.Adam(0.02),
)
model.fit(X_train, Y, epochs=15, verbose=0)
