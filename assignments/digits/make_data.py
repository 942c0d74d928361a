"""Make support/data/X.npy and y.npy: 5,000 digits of 20 x 20 pixels, from the 1,797 of 8 x 8 that scikit-learn ships.

Run it with scikit-learn installed; grading needs neither. Each digit class gets 500 images: its originals enlarged by cubic
splines, then enlarged again turned by a few degrees, until there are enough. X has shape (5000, 400), dtype uint8, 0 is
paper and 255 is ink; rows are sorted by digit, and each row holds the picture column by column, so that
``X[i].reshape(20, 20).T`` stands upright. y has shape (5000, 1), dtype uint8.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.datasets import load_digits

SIDE, PER_CLASS = 20, 500
TURNS = (0.0, 9.0, -9.0)
"""Degrees by which the originals are turned, one round each."""


def enlarge(image: NDArray[np.float64], degrees: float) -> NDArray[np.uint8]:
    """One picture of 8 x 8 from 0 to 16, as 20 x 20 from 0 to 255, turned about its middle."""
    large = ndimage.zoom(image, SIDE / image.shape[0], order=3)
    turned = ndimage.rotate(large, degrees, reshape=False, order=1)
    return np.clip(np.rint(turned * (255 / 16)), 0, 255).astype(np.uint8)


def main() -> None:
    """Write both files beside this one."""
    source = load_digits()
    rows, labels = [], []
    for digit in range(10):
        originals = source.images[source.target == digit]
        made = [enlarge(image, degrees) for degrees in TURNS for image in originals][:PER_CLASS]
        rows += [picture.T.reshape(-1) for picture in made]
        labels += [digit] * PER_CLASS
    folder = Path(__file__).parent / "support" / "data"
    np.save(folder / "X.npy", np.array(rows))
    np.save(folder / "y.npy", np.array(labels, dtype=np.uint8).reshape(-1, 1))


if __name__ == "__main__":
    main()
