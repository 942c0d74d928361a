# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "no input shape, linear given as None, compiled twice"
# ///
model = keras.Sequential()
model.add(keras.layers.Dense(25, activation="relu"))
model.add(keras.layers.Dense(15, activation="relu"))
model.add(keras.layers.Dense(4, activation=None))
model.compile(loss="mse", optimizer="sgd")
# second try: the right loss
model.compile(
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=tf.keras.optimizers.Adam(learning_rate=0.005),
)
model.fit(X_train, y_train, epochs=10, verbose=0)
