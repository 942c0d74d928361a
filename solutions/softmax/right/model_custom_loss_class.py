# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a loss class of one's own on one-hot labels"
# ///
class LogitLoss(keras.losses.Loss):
    """-log softmax(z)[y], with the maximum taken out."""

    def call(self, y_true, z):
        m = tf.reduce_max(z, axis=1, keepdims=True)
        log_sum = m + tf.math.log(tf.reduce_sum(tf.exp(z - m), axis=1, keepdims=True))
        return tf.reduce_sum(tf.cast(y_true, z.dtype) * (log_sum - z), axis=1)


model = keras.Sequential([keras.layers.Dense(16, activation="selu"), keras.layers.Dense(4)])
model.compile(loss=LogitLoss(), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, np.eye(4)[y_train], epochs=8, verbose=0)
