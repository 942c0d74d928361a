# /// case
# exercise = "model"
# expect = ["model.chance-level"]
# points = 2.0
# note = "a penalty that pushes every weight to 0"
# ///
reg = keras.regularizers.l2(100.0)
model = keras.Sequential(
    [
        keras.layers.Dense(16, activation="relu", kernel_regularizer=reg, bias_regularizer=reg),
        keras.layers.Dense(4, kernel_regularizer=reg),
    ]
)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.SGD(0.004))
model.fit(X_train, y_train, epochs=20, verbose=0)
