# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "one dense layer is used twice: before a tanh, and as the head"
# ///
shared = keras.layers.Dense(4)

points = keras.Input(shape=(2,))
h = keras.layers.Dense(4, activation="tanh")(points)
h = keras.layers.Activation("tanh")(shared(h))
model = keras.Model(points, shared(h))
model.compile(optimizer=keras.optimizers.Adam(0.02), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=15, verbose=0)
