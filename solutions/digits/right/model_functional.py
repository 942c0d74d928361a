# /// case
# exercise = "model"
# expect = []
# points = 5.0
# note = "Functional, activations as layers"
# ///
pixels = Input(shape=(400,))
first = tf.keras.layers.ReLU()(Dense(25)(pixels))
second = tf.keras.layers.Activation("relu")(Dense(15)(first))
model = tf.keras.Model(inputs=pixels, outputs=Dense(10)(second))

model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.001))
