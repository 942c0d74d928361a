# /// case
# exercise = "softmax"
# expect = []
# points = 4.0
# note = "transposes so that axis 0 is right"
# ///
def my_softmax(z):
    t = np.transpose(z)
    w = np.exp(t - np.max(t, axis=0))
    return np.transpose(w / np.sum(w, axis=0))
