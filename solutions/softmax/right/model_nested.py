# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a model inside a model, identity as activation"
# ///
features = keras.Sequential(
    [keras.layers.Dense(12, activation="leaky_relu"), keras.layers.Dense(12, activation="leaky_relu")], name="features"
)
model = keras.Sequential([keras.Input((2,)), features, keras.layers.Dense(4, activation=lambda t: t)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=keras.optimizers.Adam(0.01))
model.fit(X_train, y_train, epochs=8, verbose=0)
