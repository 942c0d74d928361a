"""What a kernel's process is given before it starts, and what is taken away. Standard library only."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from grader.inside import frames
from grader.sandbox import processes


def group_name(folder: Path) -> str:
    """Return the name of the control group of the kernel whose folder this is: its run's, then its own."""
    return f"{folder.parent.name}.{folder.name}"


def open_support(folder: Path) -> list[tuple[list[str], list[int]]]:
    """Open the regular files of ``folder`` for reading: batches of relative names and descriptors.

    Links and caches of the interpreter are left out.
    """
    batches: list[tuple[list[str], list[int]]] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or "__pycache__" in path.parts:
            continue
        if not batches or len(batches[-1][0]) == frames.MAX_FILES:
            batches.append(([], []))
        batches[-1][0].append(str(path.relative_to(folder)))
        batches[-1][1].append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    return batches


def kernel_environment(home: Path, *, own_root: bool) -> dict[str, str]:
    """Return the environment of a kernel: nothing of the grader's own."""
    binaries = dict.fromkeys([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    environment = {
        "PATH": ":".join(binaries),
        "HOME": str(home),
        "TMPDIR": "/tmp" if own_root else str(home / "tmp"),  # noqa: S108 - the kernel's own
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    passed = (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "TF_CPP_MIN_LOG_LEVEL",
        "CUDA_VISIBLE_DEVICES",
        "PYTHONHASHSEED",
    )
    return environment | {name: os.environ[name] for name in passed if name in os.environ}


def only_these_files(kept: set[int]) -> None:
    """Close every descriptor but ``kept``; standard input, output and error go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for number in processes.open_files():
        if number not in {0, 1, 2, *kept}:
            with contextlib.suppress(OSError):
                os.close(number)


def execute_kernel(settings: dict[str, Any]) -> NoReturn:
    """Become an ordinary kernel: a fresh interpreter on the same sockets, in the same confinement."""
    arguments = [sys.executable, "-P", "-m", "grader.inside.kernelapp", json.dumps(settings)]
    os.execve(sys.executable, arguments, settings["environment"])  # noqa: S606 - the interpreter itself, no shell
