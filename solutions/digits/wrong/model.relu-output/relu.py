# /// case
# exercise = "model"
# expect = ["model.relu-output"]
# points = 2.0
# note = "ReLU at the head"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="relu")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
