# /// case
# exercise = "softmax"
# expect = []
# points = 5.0
# note = "an array of floats, filled in place"
# ///
def my_softmax(z):
    N = len(z)
    a = np.zeros(N)
    z_max = np.max(z)
    ez_sum = 0
    for k in range(N):
        ez_sum += np.exp(z[k] - z_max)
    for j in range(N):
        a[j] = np.exp(z[j] - z_max) / ez_sum
    return a
