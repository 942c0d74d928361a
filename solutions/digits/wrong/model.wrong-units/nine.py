# /// case
# exercise = "model"
# expect = ["model.wrong-units"]
# points = 3.0
# note = "nine outputs"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(9, activation="linear")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
