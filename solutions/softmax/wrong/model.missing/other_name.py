# /// case
# exercise = "model"
# expect = ["model.missing"]
# points = 0.0
# note = "the network has another name"
# ///
net = keras.Sequential([keras.layers.Dense(20, activation="relu"), keras.layers.Dense(4)])
net.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
net.fit(X_train, y_train, epochs=5, verbose=0)
