"""Helpers of the digits lab: load the data, show digits, and show what a model gets wrong.

A notebook takes all of them with ``from autils import *``, and NumPy, Matplotlib and what it needs of TensorFlow with them.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.keras.activations import linear, relu, sigmoid
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

_HERE = Path(__file__).resolve().parent

dlblue, dlorange, dldarkred, dlmagenta = "#1f77d0", "#f28e1c", "#a31621", "#d048c8"
dlpurple, dldarkblue, dlmedblue = "#6a3d9a", "#123f9c", "#4f8fe0"
dlcolors = [dlblue, dlorange, dldarkred, dlmagenta, dlpurple]
dlc = {
    "dlblue": dlblue,
    "dlorange": dlorange,
    "dldarkred": dldarkred,
    "dlmagenta": dlmagenta,
    "dlpurple": dlpurple,
    "dldarkblue": dldarkblue,
    "dlmedblue": dlmedblue,
}
"""Colours for plots, by name."""


def load_data():
    """The digits: ``X`` of shape (5000, 400), ink from 0 to 1, and ``y`` of shape (5000, 1), integers from 0 to 9.

    The rows are sorted by digit. ``X[i].reshape(20, 20).T`` is a picture that stands upright.
    """
    X = np.load(_HERE / "data" / "X.npy").astype(np.float64) / 255.0
    y = np.load(_HERE / "data" / "y.npy").astype(np.int64)
    return X, y


def display_digit(X):
    """Show one digit, given as 400 numbers."""
    figure, axis = plt.subplots(figsize=(0.8, 0.8))
    axis.imshow(np.asarray(X).reshape(20, 20).T, cmap="gray_r")
    axis.set_axis_off()
    figure.tight_layout()
    plt.show()


def display_errors(model, X, y, shown=8):
    """Show up to ``shown`` digits that the model takes for another, and return how many there are in all."""
    guesses = np.argmax(model.predict(np.asarray(X), verbose=0), axis=1)
    wrong = np.flatnonzero(guesses != np.asarray(y).reshape(-1))
    if len(wrong) == 0:
        print("no errors found")
        return 0
    picked = wrong[: min(shown, len(wrong))]
    figure, axes = plt.subplots(1, len(picked), figsize=(len(picked), 1.4), squeeze=False)
    for axis, index in zip(axes[0], picked):
        axis.imshow(np.asarray(X[index]).reshape(20, 20).T, cmap="gray_r")
        axis.set_title(f"{int(np.asarray(y[index]).reshape(-1)[0])}, read as {guesses[index]}", fontsize=7)
        axis.set_axis_off()
    plt.show()
    return len(wrong)


def plot_loss_tf(history):
    """Draw the loss of each epoch, from what ``model.fit`` returned."""
    figure, axis = plt.subplots(figsize=(4, 3))
    axis.plot(history.history["loss"], label="loss")
    axis.set_ylim(bottom=0)
    axis.set_xlabel("epoch")
    axis.set_ylabel("loss (cost)")
    axis.legend()
    axis.grid(True)
    plt.show()


def plt_act_trio():
    """Draw three activations side by side: linear, ReLU and sigmoid."""
    z = np.linspace(-4, 4, 81)
    curves = {"linear": z, "ReLU": np.maximum(z, 0), "sigmoid": 1 / (1 + np.exp(-z))}
    figure, axes = plt.subplots(1, 3, figsize=(7, 2))
    for axis, (name, values) in zip(axes, curves.items()):
        axis.plot(z, values)
        axis.axhline(0, linewidth=0.5)
        axis.axvline(0, linewidth=0.5)
        axis.set_title(name)
    figure.tight_layout()
    plt.show()


def widgvis(fig):
    """Hide the frame that an interactive figure has; a figure without one stays as it is."""
    canvas = getattr(fig, "canvas", None)
    for part in ("toolbar_visible", "header_visible", "footer_visible"):
        if hasattr(canvas, part):
            setattr(canvas, part, False)
