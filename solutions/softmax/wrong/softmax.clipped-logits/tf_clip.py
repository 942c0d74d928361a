# /// case
# exercise = "softmax"
# expect = ["softmax.clipped-logits"]
# points = 3.0
# note = "clips in TensorFlow"
# ///
def my_softmax(z):
    z = tf.clip_by_value(tf.cast(z, tf.float32), -80.0, 80.0)
    return tf.exp(z) / tf.reduce_sum(tf.exp(z), axis=-1, keepdims=True)
