# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "TensorFlow only, returns a tensor"
# ///
def my_softmax(z):
    z = tf.cast(z, tf.float32)
    m = tf.reduce_max(z, axis=-1, keepdims=True)
    e = tf.exp(z - m)
    return tf.divide(e, tf.reduce_sum(e, axis=-1, keepdims=True))
