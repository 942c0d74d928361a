# /// case
# exercise = "model"
# expect = ["model.wrong-hidden-units"]
# points = 3.0
# note = "30 units where 25 are asked for"
# ///
model = Sequential([Input((400,)), Dense(30, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="linear")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
