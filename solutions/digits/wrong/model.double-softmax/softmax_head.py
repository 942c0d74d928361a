# /// case
# exercise = "model"
# expect = ["model.double-softmax"]
# points = 2.0
# note = "softmax head under from_logits"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="softmax")])

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
