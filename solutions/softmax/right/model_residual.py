# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a shortcut around the hidden layer, in two branches"
# ///
x0 = keras.Input((2,))
x1 = keras.layers.Dense(10, activation="relu")(x0)
x2 = keras.layers.Dense(10, activation="sigmoid")(x0)
both = keras.layers.Concatenate()([x1, x2])
z = keras.layers.Dense(4, activation=tf.identity)(both)
model = keras.Model(x0, z)
model.compile(
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1),
    optimizer=keras.optimizers.Adam(0.01),
)
model.fit(X_train, y_train.reshape(-1, 1), epochs=8, verbose=0)
