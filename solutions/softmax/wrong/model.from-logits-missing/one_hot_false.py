# /// case
# exercise = "model"
# expect = ["model.from-logits-missing"]
# points = 2.0
# note = "from_logits=False, one-hot labels"
# ///
Y = tf.keras.utils.to_categorical(y_train, num_classes=4)
inp = tf.keras.layers.Input(shape=(2,))
hid = tf.keras.layers.Dense(16, activation="relu")(inp)
out = tf.keras.layers.Dense(4, activation=None)(hid)
model = tf.keras.models.Model(inp, out)
model.compile(loss=tf.keras.losses.CategoricalCrossentropy(from_logits=False), optimizer="adam")
model.fit(X_train, Y, epochs=10, verbose=0)
