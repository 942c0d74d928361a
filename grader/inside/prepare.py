"""Before the first cell runs: seeds, threads, the working folder, and a cap on training, in the student's own libraries.

Libraries that are not imported yet are prepared when the student imports them.
"""

import builtins
import importlib.machinery
import os
import random
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from types import ModuleType
from typing import Any

from grader.inside.context import Context, warm

# Functions find the builtins through their module: with a copy, replacing one in `builtins` does not reach ours.
globals()["__builtins__"] = dict(vars(builtins))

FLUSH_S = 0.02
"""Seconds of output that make one message: a flood is noticed after that time, and its messages stay small."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def prepare(parameters: dict[str, Any], context: Context) -> dict[str, Any]:
    """``seed``, ``threads``, ``folder`` (or None), ``max_epochs`` (or None), ``value_bytes``, ``shims`` (or empty)."""
    seed, threads, epochs = parameters["seed"], parameters["threads"], parameters.get("max_epochs")
    context.cap = parameters["value_bytes"]
    if (folder := parameters.get("folder")) is not None:
        os.chdir(folder)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(threads))
    random.seed(seed)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "flush_interval"):  # ipykernel's own streams
            stream.flush_interval = FLUSH_S
    if shims := parameters.get("shims"):
        # Only a notebook that needs one of them pays for the import.
        from grader.inside import shims as shims_module  # noqa: PLC0415

        shims_module.install(shims, context.names)

    def on_keras(keras: Any) -> None:
        seed_keras(keras, seed)
        if shims and shims.get("tensorboard"):
            shims_module.silence(keras.callbacks.TensorBoard, keras.callbacks.Callback)
        if epochs is not None:
            cap_epochs(keras, epochs, context.notes)

    after_import("numpy", lambda numpy: numpy.random.seed(seed % 2**32))
    after_import("tensorflow", lambda tensorflow: limit_tensorflow(tensorflow, seed, threads))
    after_import("keras", on_keras)
    if "numpy" in sys.modules:
        warm()
    return {}


def report(parameters: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG001 - every operation's shape
    """What was noted since the kernel started."""
    return dict(context.notes)


def limit_tensorflow(tensorflow: Any, seed: int, threads: int) -> None:
    """Seed TensorFlow and bound its thread pools. They can be set only before its first operation."""
    tensorflow.random.set_seed(seed % 2**31)
    try:
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        return


def seed_keras(keras: Any, seed: int) -> None:
    """Seed Python, NumPy and the backend as Keras does."""
    keras.utils.set_random_seed(seed % 2**32)


def cap_epochs(keras: Any, limit: int, notes: dict[str, Any]) -> None:
    """Let ``fit`` run at most ``limit`` epochs a call; ``notes["capped_epochs"]`` tells that it mattered."""
    original = keras.Model.fit
    shape = signature(original)

    @wraps(original)
    def fit(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = shape.bind(*args, **kwargs)
        except TypeError:
            return original(*args, **kwargs)
        epochs, start = bound.arguments.get("epochs", 1), bound.arguments.get("initial_epoch", 0)
        if isinstance(epochs, int) and isinstance(start, int) and epochs - start > limit:
            bound.arguments["epochs"] = start + limit
            notes["capped_epochs"] = True
        return original(*bound.args, **bound.kwargs)

    keras.Model.fit = fit


def after_import(name: str, then: Callable[[Any], None]) -> None:
    """Call ``then(module)`` now if the top-level module is imported, else as soon as it has been."""
    module = sys.modules.get(name)
    if module is not None:
        then(module)
    else:
        sys.meta_path.insert(0, _Finder(name, then))


class _Finder:
    """Finds one top-level module, once, as the usual finder does, and lets ``then`` see it after its import."""

    def __init__(self, name: str, then: Callable[[Any], None]) -> None:
        self._name = name
        self._then = then

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec with its loader followed by ``then``; None for every other module."""
        if name != self._name or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        loader: Any = spec.loader if spec is not None else None
        if loader is None:
            return None
        execute = loader.exec_module

        def execute_then(module: ModuleType) -> None:
            execute(module)
            self._then(module)

        loader.exec_module = execute_then
        return spec
