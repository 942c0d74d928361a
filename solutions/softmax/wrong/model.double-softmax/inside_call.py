# /// case
# exercise = "model"
# expect = ["model.double-softmax"]
# points = 2.0
# note = "tf.nn.softmax inside a subclass"
# ///
class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = keras.layers.Dense(4)
        self.first = keras.layers.Dense(32, activation="relu")

    def call(self, inputs):
        return tf.nn.softmax(self.last(self.first(inputs)))


model = Classifier()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=15, verbose=0)
