# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "the textbook formula in TensorFlow"
# ///
def my_softmax(z):
    t = tf.cast(z, tf.float64)
    e = tf.exp(t)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)
