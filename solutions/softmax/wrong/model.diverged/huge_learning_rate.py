# /// case
# exercise = "model"
# expect = ["model.diverged"]
# points = 2.0
# note = "a learning rate of a million million"
# ///
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(16, activation="elu"), keras.layers.Dense(4, activation="linear")]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.SGD(1e30))
model.fit(X_train, y_train, epochs=3, verbose=0)
