# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "hands the work to TensorFlow"
# ///
def my_softmax(z):
    return tf.nn.softmax(tf.constant(z, dtype=tf.float64), axis=-1).numpy()
