# /// case
# exercise = "model"
# expect = ["model.not-compiled"]
# points = 2.0
# note = "built and left so"
# ///
model = Sequential([Input((400,)), Dense(25, activation="relu"), Dense(15, activation="relu"), Dense(10, activation="linear")])
