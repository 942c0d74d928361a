"""What the fork server imports before it forks, and the guard that says whether it may be forked at all.

Nothing here runs an operation of TensorFlow: its thread pools and devices would not survive a fork. Standard library
only, and the science packages that a course preloads.
"""

import gc
import importlib
import io
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

TENSORFLOW = frozenset({"tensorflow", "keras"})
"""Modules that belong to the second stage."""

LAZY: dict[str, tuple[str, ...]] = {
    "tensorflow": (
        "tensorflow.nn",
        "tensorflow.data",
        "tensorflow.random",
        "tensorflow.keras.layers",
        "tensorflow.keras.models",
        "tensorflow.keras.losses",
        "tensorflow.keras.optimizers",
        "tensorflow.keras.activations",
        "tensorflow.keras.metrics",
        "tensorflow.keras.utils",
        "tensorflow.python.data.ops.concatenate_op",
        "tensorflow.python.data.ops.flat_map_op",
        "tensorflow.python.data.ops.from_tensors_op",
        "tensorflow.python.data.ops.range_op",
        "tensorflow.python.data.ops.zip_op",
    ),
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib_inline.backend_inline"),
    "numpy": ("numpy.linalg", "numpy.random", "numpy.fft", "numpy.ma", "numpy.polynomial"),
}
"""Parts of a package that load only when they are first used."""

ALWAYS = (
    "grader.inside.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "faulthandler",
    "ipykernel.debugger",
    "matplotlib",
    "pexpect",
    "stack_data",
    "pygments.lexers.python",
    "pygments.formatters.terminal256",
    "rich._emoji_codes",
    "tornado.platform.asyncio",
    "sqlite3",
    "unittest",
    "doctest",
)
"""What every kernel needs, whatever the course."""


def load(names: Sequence[str]) -> list[str]:
    """Import ``names`` and their lazily loaded parts. Returns one line for each that could not be imported."""
    problems = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            for part in (name, *LAZY.get(name, ())):
                try:
                    _touch(part)
                except Exception as problem:  # noqa: BLE001 - a package may fail in its own way; the kernel then says so
                    problems.append(f"{part} could not be imported ahead: {type(problem).__name__}: {problem}")
                    if part == name:
                        break
    return problems


def _touch(name: str) -> None:
    """Import ``name``, or reach it as an attribute where a package only pretends to have a module of that name."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        package, _, attribute = name.rpartition(".")
        if not package:
            raise
        parent = sys.modules.get(package) or importlib.import_module(package)
        dir(getattr(parent, attribute, None))


def load_plain(names: Sequence[str]) -> list[str]:
    """Import what a kernel without TensorFlow needs; warm the first traceback and the list of fonts."""
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]  # ipykernel then makes no debugger: 0.6 s less
    problems = load([*ALWAYS, *(name for name in names if name.partition(".")[0] not in TENSORFLOW)])
    _render_a_traceback()
    _draw_a_figure()
    return problems


def load_tensorflow(names: Sequence[str]) -> list[str]:
    """Import TensorFlow and Keras with the parts that load when first used."""
    return load([name for name in names if name.partition(".")[0] in TENSORFLOW])


def _render_a_traceback() -> None:
    """Render one traceback as IPython does: the first one in a process costs 0.3 s."""
    from IPython.core.ultratb import VerboseTB  # noqa: PLC0415 - the launching process must not import IPython

    try:
        compile("warm = 1 / 0", "<warm>", "exec")
        _fail()
    except ZeroDivisionError:
        VerboseTB().text(*sys.exc_info())


def _draw_a_figure() -> None:
    """Draw one figure as a notebook does: the first one in a process reads fonts and builds the list of them."""
    figure_module = sys.modules.get("matplotlib.figure")
    if figure_module is not None:
        figure = figure_module.Figure(figsize=(1, 1))
        figure.add_subplot().plot([0, 1], label="a")
        figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


def _fail() -> float:
    """Raise what the first traceback is rendered from."""
    return 1 / 0


def guard() -> list[str]:
    """Say why this process must not be forked, one line a reason; an empty list when it may be."""
    reasons = []
    tasks = Path("/proc/self/task")
    threads = sum(1 for _ in tasks.iterdir()) if tasks.is_dir() else 1
    if threads != 1:
        reasons.append(f"the fork server has {threads} threads after its imports, and a fork keeps only one")
    for link in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").is_dir() else ():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith(("/dev/nvidia", "/dev/dri", "/dev/kfd", "/dev/accel")):
            reasons.append(f"the fork server holds the device {target}")
    context = sys.modules.get("tensorflow.python.eager.context")
    if context is not None and getattr(getattr(context, "_context", None), "_context_handle", None) is not None:
        reasons.append("TensorFlow has started its runtime in the fork server")
    return reasons


def settle() -> None:
    """Make the memory ready to be shared: collect once, then keep the collector's hands off what is here."""
    gc.collect()
    gc.freeze()
    gc.disable()
