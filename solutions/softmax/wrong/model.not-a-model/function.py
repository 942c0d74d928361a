# /// case
# exercise = "model"
# expect = ["model.not-a-model"]
# points = 0.0
# note = "the builder, never called"
# ///
def model():
    m = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
    m.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
    m.fit(X_train, y_train, epochs=5, verbose=0)
    return m
