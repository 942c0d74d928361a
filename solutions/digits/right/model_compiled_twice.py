# /// case
# exercise = "model"
# expect = []
# points = 5.0
# note = "the later compile counts"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation=None)])
model.compile(loss="mse", optimizer="sgd")

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
