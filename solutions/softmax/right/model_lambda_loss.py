# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "TensorFlow's own function in a lambda, summed"
# ///
model = keras.models.Sequential(
    [keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(
    loss=lambda y, z: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.cast(tf.reshape(y, [-1]), tf.int64), logits=z
    ),
    optimizer=keras.optimizers.Nadam(0.01),
)
model.fit(X_train, y_train, epochs=8, verbose=0)
