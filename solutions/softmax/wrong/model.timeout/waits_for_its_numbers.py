# /// case
# exercise = "model"
# expect = ["model.timeout"]
# points = 0.0
# note = "repeats a step until something that never happens"
# ///
class Patient(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="relu")
        self.head = keras.layers.Dense(4)

    def call(self, x, training=False):
        z = self.head(self.hidden(x))
        if not training:
            # sharpen until the rows are probabilities
            rounds = 0
            while rounds >= 0:
                rounds += 1
        return z


model = Patient()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=5, verbose=0)
