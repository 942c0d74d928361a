# /// case
# exercise = "softmax"
# expect = ["softmax.global-max"]
# points = 3.0
# note = "reduce_max without an axis"
# ///
def my_softmax(z):
    z = tf.cast(z, tf.float64)
    num = tf.exp(z - tf.reduce_max(z))
    return num / tf.reduce_sum(num, axis=-1, keepdims=True)
