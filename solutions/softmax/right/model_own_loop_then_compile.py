# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "trained by another optimizer, compiled afterwards"
# ///
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4)])
opt = keras.optimizers.Adam(0.05)
for i in range(80):
    with tf.GradientTape() as tape:
        z = net(X_train)
        cost = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_train, logits=z))
    opt.apply_gradients(zip(tape.gradient(cost, net.trainable_variables), net.trainable_variables))
model = net
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
