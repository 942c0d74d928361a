# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "the hidden activation is a square"
# ///
class Quadratic(keras.layers.Layer):
    def call(self, t):
        return t * t


model = keras.Sequential([keras.layers.Dense(12), Quadratic(), keras.layers.Dense(4)])
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01), jit_compile=False
)
model.fit(X_train, y_train, epochs=10, verbose=0)
