# /// case
# exercise = "softmax"
# expect = ["softmax.temperature"]
# points = 0.0
# note = "base 1.5"
# ///
BASE = 1.5


def my_softmax(z):
    z = tf.cast(z, tf.float64)
    w = tf.pow(tf.constant(BASE, tf.float64), z - tf.reduce_max(z, axis=-1, keepdims=True))
    return (w / tf.reduce_sum(w, axis=-1, keepdims=True)).numpy()
