# /// case
# exercise = "model"
# expect = ["model.double-softmax"]
# points = 2.0
# note = "a Softmax layer at the end, Functional"
# ///
entree = keras.Input(shape=(2,))
cachee = keras.layers.Dense(24, activation="tanh")(entree)
sortie = keras.layers.Softmax()(keras.layers.Dense(4)(cachee))
model = keras.Model(entree, sortie)
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
)
model.fit(X_train, keras.utils.to_categorical(y_train), epochs=10, verbose=0)
