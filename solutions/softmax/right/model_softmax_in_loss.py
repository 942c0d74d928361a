# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "softmax inside a loss of one's own, where it belongs"
# ///
def my_loss(y_true, logits):
    probs = tf.nn.softmax(logits, axis=-1)
    return keras.losses.sparse_categorical_crossentropy(y_true, probs, from_logits=False)


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(4)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=my_loss)
model.fit(X_train, y_train, epochs=8, verbose=0)
