# /// case
# exercise = "model"
# expect = ["model.softmax-output"]
# points = 2.0
# note = "softmax in a lambda, one-hot labels"
# ///
model = keras.Sequential(
    [
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4),
        keras.layers.Lambda(lambda t: tf.nn.softmax(t)),
    ]
)
model.compile(loss=keras.losses.CategoricalCrossentropy(), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, tf.one_hot(y_train, 4), epochs=10, verbose=0)
