# /// case
# exercise = "model"
# expect = ["model.missing"]
# points = 0.0
# note = "the name lives only inside a function"
# ///
def build():
    model = keras.Sequential(
        [keras.layers.Input((2,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(4, "linear")]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
    model.fit(X_train, y_train, epochs=3, verbose=0)


build()
