# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "one batch at a time"
# ///
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
for epoch in range(4):
    for k in range(0, len(X_train), 50):
        model.train_on_batch(X_train[k : k + 50], y_train[k : k + 50])
