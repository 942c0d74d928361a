# /// case
# exercise = "model"
# expect = ["model.from-logits-missing"]
# points = 2.0
# note = "a loss of one's own that takes the logarithm of the logit"
# ///
def loss(y_true, y_pred):
    y = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    chosen = tf.gather(y_pred, y, batch_dims=1)
    return -tf.math.log(tf.clip_by_value(chosen, 1e-7, 1.0))


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(4)])
model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=10, verbose=0)
