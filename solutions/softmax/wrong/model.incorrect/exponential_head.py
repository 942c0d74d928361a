# /// case
# exercise = "model"
# expect = ["model.incorrect"]
# points = 2.0
# note = "exponentials at the output: positive, and not yet divided by their sum; far away they are infinite"
# ///
model = keras.Sequential(
    [
        keras.layers.Input(shape=(2,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4, activation="exponential"),
    ]
)
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=8, batch_size=40, verbose=0)
