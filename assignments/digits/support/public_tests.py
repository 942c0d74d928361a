"""Tests that a student can run in the digits lab. They show whether an answer is on the way; the grader asks more.

A notebook takes what TensorFlow gives it from here too, as in the lab: ``from public_tests import *``.
"""

import numpy as np
import tensorflow as tf
from tensorflow.keras.activations import linear, relu, sigmoid
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential


def test_my_softmax(target):
    """Try ``target`` on small vectors. Raises AssertionError that says what came back."""
    z = np.array([1.0, 2.0, 3.0, 4.0])
    a = target(z)
    assert a is not None, "my_softmax returned None: is there a `return`?"
    a = np.asarray(a, dtype=float)
    assert a.shape == z.shape, f"my_softmax returned the shape {a.shape} for logits of the shape {z.shape}"
    assert np.isclose(a.sum(), 1.0), f"the probabilities add up to {a.sum():.6g}, not to 1"
    expected = [0.0320586, 0.08714432, 0.23688282, 0.64391426]
    assert np.allclose(a, expected, atol=1e-6), f"for {z} my_softmax returned {a}, where {expected} was expected"
    a = np.asarray(target(np.array([-1.0, -4.0, -10.0, -0.5])), dtype=float)
    assert np.argmax(a) == 3, "the largest logit must get the largest probability, also where all are negative"
    print("All tests of my_softmax passed.")


def test_model(target, classes, input_size):
    """Look at the layers of ``target``, and build it where it knows no input yet. Raises AssertionError that says what was found."""
    layers = [layer for layer in target.layers if hasattr(layer, "units")]
    assert len(layers) == 3, f"the model has {len(layers)} dense layers, not 3"
    if not target.built:
        target.build((None, input_size))
    inputs = layers[0].kernel.shape[0]
    assert inputs == input_size, f"the model takes {inputs} inputs, not {input_size}"
    for number, (layer, units) in enumerate(zip(layers, (25, 15, classes)), start=1):
        assert layer.units == units, f"layer {number} has {layer.units} units, not {units}"
    for number, layer in enumerate(layers, start=1):
        name = getattr(layer.activation, "__name__", str(layer.activation))
        wanted = "relu" if number < 3 else "linear"
        assert name == wanted, f"layer {number} has the activation {name}, not {wanted}"
    print("All tests of the model passed.")
