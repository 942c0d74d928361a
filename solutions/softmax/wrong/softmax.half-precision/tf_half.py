# /// case
# exercise = "softmax"
# expect = ["softmax.half-precision"]
# points = 0.0
# note = "TensorFlow's half"
# ///
def my_softmax(z):
    h = tf.cast(z, tf.half)
    ex = tf.exp(h - tf.reduce_max(h, axis=-1, keepdims=True))
    return ex / tf.reduce_sum(ex, axis=-1, keepdims=True)
