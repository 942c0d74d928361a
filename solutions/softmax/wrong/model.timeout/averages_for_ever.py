# /// case
# exercise = "model"
# expect = ["model.timeout"]
# points = 0.0
# note = "averages over more and more passes, without an end"
# ///
import itertools


class Ensemble(keras.Model):
    """Outside training: the mean of many noisy passes."""

    def __init__(self):
        super().__init__()
        self.noise = keras.layers.GaussianNoise(0.1)
        self.net = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])

    def call(self, x, training=False):
        if training:
            return self.net(x)
        total = 0.0
        for passes in itertools.count(1):
            total = total + self.net(self.noise(x, training=True))
            mean = total / passes
        return mean


model = Ensemble()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
