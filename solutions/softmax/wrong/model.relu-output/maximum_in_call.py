# /// case
# exercise = "model"
# expect = ["model.relu-output"]
# points = 2.0
# note = "negative logits cut off in a subclass"
# ///
class M(tf.keras.Model):
    def __init__(self):
        super(M, self).__init__()
        self.d1 = tf.keras.layers.Dense(30, activation=tf.nn.relu)
        self.d2 = tf.keras.layers.Dense(4)

    def call(self, x):
        return tf.maximum(self.d2(self.d1(x)), 0.0)


model = M()
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=15, verbose=0)
