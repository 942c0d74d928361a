# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a loss written by hand: log-sum-exp"
# ///
def cross_entropy(y_true, z):
    y = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    z_y = tf.gather(z, y, batch_dims=1)
    return tf.reduce_logsumexp(z, axis=-1) - z_y


model = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(4)])
model.compile(loss=cross_entropy, optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=8, verbose=0)
