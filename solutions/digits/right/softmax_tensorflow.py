# /// case
# exercise = "softmax"
# expect = []
# points = 5.0
# note = "TensorFlow's own"
# ///
def my_softmax(z):
    return tf.nn.softmax(tf.cast(z, tf.float64)).numpy()
