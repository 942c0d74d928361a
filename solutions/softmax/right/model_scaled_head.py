# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "logits multiplied by a temperature, ELU inside"
# ///
inp = keras.Input((2,))
hid = keras.layers.Dense(16, activation="elu")(inp)
log = keras.layers.Dense(4)(hid)
out = keras.layers.Rescaling(0.5)(log)
model = keras.Model(inp, out)
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=10, verbose=0)
