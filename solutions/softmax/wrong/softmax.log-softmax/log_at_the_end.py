# /// case
# exercise = "softmax"
# expect = ["softmax.log-softmax"]
# points = 0.0
# note = "TensorFlow, through log_softmax"
# ///
def my_softmax(z):
    t = tf.cast(tf.constant(z), tf.float64)
    return tf.nn.log_softmax(t, axis=-1)
