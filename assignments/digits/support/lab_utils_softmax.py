"""A picture of what softmax does, for the digits lab."""

import matplotlib.pyplot as plt
import numpy as np


def plt_softmax(my_softmax, z=(1.0, 2.0, 3.0, 4.0)):
    """Draw four logits and what ``my_softmax`` makes of them, as bars."""
    z = np.array(z, dtype=float)
    a = np.asarray(my_softmax(z), dtype=float).reshape(-1)
    figure, axes = plt.subplots(1, 2, figsize=(6, 2))
    for axis, values, title in zip(axes, (z, a), ("logits z", "softmax(z)")):
        axis.barh(np.arange(len(values)), values)
        axis.set_yticks(np.arange(len(values)))
        axis.invert_yaxis()
        axis.set_title(title)
    figure.tight_layout()
    plt.show()
