# /// case
# exercise = "model"
# expect = ["model.from-logits-missing"]
# points = 2.0
# note = "linear head, loss on probabilities"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="linear")])
model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(), optimizer="adam")
