# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "Functional, no activation named at the end"
# ///
inputs = keras.Input(shape=(2,), name="point")
x = keras.layers.Dense(24, activation=tf.nn.relu)(inputs)
x = keras.layers.Dense(12, activation="swish")(x)
outputs = keras.layers.Dense(4, name="logits")(x)
model = keras.Model(inputs, outputs, name="four_classes")
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
