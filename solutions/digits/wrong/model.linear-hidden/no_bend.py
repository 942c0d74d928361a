# /// case
# exercise = "model"
# expect = ["model.linear-hidden"]
# points = 3.0
# note = "no activation in the hidden layers"
# ///
model = Sequential([Input((400,)), Dense(25, activation="linear"), Dense(15, activation="linear"), Dense(10, activation="linear")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
