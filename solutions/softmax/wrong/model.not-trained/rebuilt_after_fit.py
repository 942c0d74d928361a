# /// case
# exercise = "model"
# expect = ["model.not-trained"]
# points = 2.0
# note = "the trained model is thrown away at the end"
# ///
def make():
    m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(4)])
    m.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
    return m


model = make()
model.fit(X_train, y_train, epochs=5, verbose=0)
model = make()
