# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "keras.ops, compiled"
# ///
@tf.function
def _softmax_graph(z):
    shifted = z - keras.ops.max(z, axis=-1, keepdims=True)
    e = keras.ops.exp(shifted)
    return e / keras.ops.sum(e, axis=-1, keepdims=True)


def my_softmax(z):
    return _softmax_graph(keras.ops.cast(z, "float64"))
