# /// case
# exercise = "model"
# expect = []
# points = 5.0
# note = "activation left out, input_shape on the first layer"
# ///
model = Sequential()
model.add(Dense(25, input_shape=(400,), activation="relu"))
model.add(Dense(15, activation="relu"))
model.add(Dense(10))

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
