# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "subclassed, the head is listed first"
# ///
class Net(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.head = keras.layers.Dense(classes)
        self.body = [keras.layers.Dense(16, activation="gelu"), keras.layers.Dense(16, activation="gelu")]

    def call(self, x):
        for layer in self.body:
            x = layer(x)
        return self.head(x)


model = Net(4)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=8, verbose=0)
