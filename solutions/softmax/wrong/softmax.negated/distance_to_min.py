# /// case
# exercise = "softmax"
# expect = ["softmax.negated"]
# points = 0.0
# note = "Boltzmann style, energies"
# ///
def boltzmann(energies):
    e0 = min(energies)
    weights = [np.exp(float(e0) - float(e)) for e in energies]
    z = sum(weights)
    return [w / z for w in weights]


def my_softmax(z):
    if np.ndim(z) == 1:
        return np.array(boltzmann(z))
    return np.array([boltzmann(row) for row in z])
