# /// case
# exercise = "model"
# expect = ["model.not-trained"]
# points = 2.0
# note = "fit with 0 epochs"
# ///
EPOCHS = 0
x_in = keras.Input(shape=(2,))
model = keras.Model(x_in, keras.layers.Dense(4)(keras.layers.Dense(8, "relu")(x_in)))
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
model.fit(X_train, y_train, epochs=EPOCHS, verbose=0)
