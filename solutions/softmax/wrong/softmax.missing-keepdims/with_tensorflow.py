# /// case
# exercise = "softmax"
# expect = ["softmax.missing-keepdims"]
# points = 3.0
# note = "the same in TensorFlow"
# ///
def my_softmax(z):
    z = tf.convert_to_tensor(z)
    z = tf.cast(z, tf.float64)
    biggest = tf.reduce_max(z, axis=-1, keepdims=True)
    ex = tf.math.exp(z - biggest)
    norm = tf.reduce_sum(ex, axis=-1)
    return ex / norm
