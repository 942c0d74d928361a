# /// case
# exercise = "model"
# expect = ["model.wrong-axis"]
# points = 2.0
# note = "softmax over the batch, by hand, under from_logits"
# ///
def columns(t):
    e = tf.exp(t - tf.reduce_max(t, axis=0, keepdims=True))
    return e / tf.reduce_sum(e, axis=0, keepdims=True)


class WithSoftmax(keras.Model):
    def __init__(self):
        super().__init__()
        self.h = keras.layers.Dense(16, activation="relu")
        self.o = keras.layers.Dense(4)

    def call(self, x):
        return columns(self.o(self.h(x)))


model = WithSoftmax()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
