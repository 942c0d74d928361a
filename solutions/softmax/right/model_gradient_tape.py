# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "a training loop by hand, with the compiled optimizer and loss"
# ///
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(0.02)
model.compile(loss=loss_fn, optimizer=optimizer)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply(gradients, model.trainable_weights)
    return loss


for _ in range(150):
    step(tf.constant(X_train), tf.constant(y_train))
