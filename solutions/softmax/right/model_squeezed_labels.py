# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a loss of one's own that drops the second axis of the labels, and so needs more than one row"
# ///
def cross_entropy(labels, logits):
    labels = tf.cast(tf.squeeze(labels), tf.int64)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


model = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(4)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=cross_entropy)
model.fit(X_train, y_train, epochs=8, batch_size=40, verbose=0)
