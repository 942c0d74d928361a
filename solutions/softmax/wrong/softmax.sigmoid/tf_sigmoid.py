# /// case
# exercise = "softmax"
# expect = ["softmax.sigmoid"]
# points = 0.0
# note = "Keras's sigmoid"
# ///
def my_softmax(z):
    return tf.sigmoid(tf.cast(z, tf.float32)).numpy()
