# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "a layer of Keras in float32: what is below twice the smallest normal number comes back as 0"
# ///
layer = keras.layers.Softmax(axis=-1)


def my_softmax(z):
    return layer(np.asarray(z, dtype="float32"))
