# /// case
# exercise = "softmax"
# expect = ["softmax.unstable-overflow"]
# points = 3.5
# note = "the same in two loops"
# ///
def my_softmax(z):
    N = len(z)
    a = np.zeros(N)
    total = 0
    for k in range(N):
        total = total + np.exp(z[k])
    for j in range(N):
        a[j] = np.exp(z[j]) / total
    return a
