# /// case
# exercise = "model"
# expect = ["model.raises"]
# points = 0.0
# note = "a layer that was never made"
# ///
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="relu")

    def call(self, x):
        return self.out(self.hidden(x))


model = Net()
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
model.fit(X_train, y_train, epochs=5, verbose=0)
