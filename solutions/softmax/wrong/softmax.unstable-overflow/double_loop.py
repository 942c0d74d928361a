# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.0
# note = "loops, inf/inf"
# ///
def my_softmax(z):
    a = np.zeros(z.shape)
    if z.ndim == 1:
        for i in range(len(z)):
            a[i] = np.exp(float(z[i])) / sum([np.exp(float(k)) for k in z])
    else:
        for i in range(z.shape[0]):
            d = sum([np.exp(float(k)) for k in z[i]])
            for j in range(z.shape[1]):
                a[i, j] = np.exp(float(z[i, j])) / d
    return a
