# /// case
# exercise = "model"
# expect = ["model.tanh-output"]
# points = 2.0
# note = "tanh by keras.ops"
# ///
a = keras.Input((2,))
b = keras.layers.Dense(20, activation="tanh")(a)
c = keras.ops.tanh(keras.layers.Dense(4)(b))
model = keras.Model(inputs=a, outputs=c)
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, np.eye(4)[y_train], epochs=15, verbose=0)
