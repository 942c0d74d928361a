# /// case
# exercise = "model"
# expect = ["model.linear-hidden"]
# points = 2.0
# note = "activation linear in every layer, with normalisation"
# ///
class Linear(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = keras.layers.Dense(16, activation="linear")
        self.norm = keras.layers.BatchNormalization()
        self.b = keras.layers.Dense(4, activation="linear")

    def call(self, x, training=False):
        return self.b(self.norm(self.a(x), training=training))


model = Linear()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=20, verbose=0)
