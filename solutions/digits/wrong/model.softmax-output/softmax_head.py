# /// case
# exercise = "model"
# expect = ["model.softmax-output"]
# points = 2.0
# note = "softmax head, loss on probabilities"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
