# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "the head uses the hidden layer's weights once more"
# ///
class Tied(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4)
        self.second = keras.layers.Dense(4, activation="tanh")
        self.bias = self.add_weight(shape=(4,), initializer="zeros", name="bias")

    def call(self, x):
        h = tf.nn.tanh(self.first(x))
        h = self.second(h)
        return 3.0 * tf.matmul(h, self.second.kernel, transpose_b=True) + self.bias


model = Tied()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=12, verbose=0)
