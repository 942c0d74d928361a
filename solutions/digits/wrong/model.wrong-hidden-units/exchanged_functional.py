# /// case
# exercise = "model"
# expect = ["model.wrong-hidden-units"]
# points = 3.0
# note = "the two hidden layers exchanged, in the functional style"
# ///
pixels = tf.keras.Input(shape=(400,))
first = Dense(15, activation="relu", name="first")(pixels)
second = Dense(25, activation="relu", name="second")(first)
model = tf.keras.Model(pixels, Dense(10, name="logits")(second))
model.compile(
    optimizer=tf.keras.optimizers.Adam(1e-3),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
