# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "one-hot labels and label smoothing"
# ///
Y = keras.utils.to_categorical(y_train, num_classes=4)
model = keras.Sequential(
    [keras.layers.Input((2,)), keras.layers.Dense(20, activation="tanh"), keras.layers.Dense(4, activation="linear")]
)
model.compile(
    loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
    optimizer=keras.optimizers.RMSprop(0.01),
)
model.fit(X_train, Y, epochs=10, verbose=0)
