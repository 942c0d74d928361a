"""What a kernel's process does between its start and the first line of the student's code.

A kernel may be made ahead of the submission it will serve. It then waits here for its order: limits, environment, and
the support files, which arrive as open files because nothing outside the kernel's own root can be opened any more.
"""

import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.inside import frames

MIB = 1024 * 1024


def await_order(orders: socket.socket, home: Path) -> bool:
    """Wait for the order, carry it out, and report what the kernel starts with. False when the grader has gone.

    Support files are written into ``home``. The limit on memory counts above what the process has now.
    """
    while (frame := frames.receive(orders)) is not None:
        message, files = frame
        if message.get("op") == "files":
            _store(home, message["names"], files)
            continue
        os.environ.update(message["environment"])
        start = private_memory()
        set_limits(message["limits"])
        frames.send(orders, {"event": "started", "private_memory": start})
        orders.close()
        return True
    return False


def _store(home: Path, names: list[str], files: list[int]) -> None:
    """Write the open ``files`` under ``home`` by their relative ``names``, for reading only."""
    for name, file in zip(names, files, strict=True):
        target = home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(file, "rb") as source, target.open("xb") as copy:
            while block := source.read(MIB):
                copy.write(block)
        target.chmod(0o444)


def private_memory() -> int:
    """Bytes of private writable address space of this process (``VmData``), 0 where the system does not say."""
    return status_field("VmData")


def status_field(name: str) -> int:
    """Bytes of one field of ``/proc/self/status`` that is given in kB; 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError), Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    return 0


def set_limits(limits: Mapping[str, Any]) -> None:
    """Set the operating system's limits of this process and of all it starts; none of them can be raised again."""
    if not limits:
        return
    import resource  # noqa: PLC0415 - only systems with a fork server have it

    cpu = int(limits["cpu_s"])
    wanted = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_CPU": (cpu, cpu + 2),
        "RLIMIT_FSIZE": (limits["file_mib"] * MIB,) * 2,
        "RLIMIT_NOFILE": (limits["open_files"],) * 2,
        "RLIMIT_NPROC": (limits["processes"],) * 2,
        "RLIMIT_DATA": (private_memory() + limits["memory_mib"] * MIB,) * 2,
    }
    for name, (soft, hard) in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            most = resource.getrlimit(number)[1]
            unlimited = most == resource.RLIM_INFINITY
            resource.setrlimit(number, (soft, hard) if unlimited else (min(soft, most), min(hard, most)))


def fresh_process(environment: Mapping[str, str], home: Path) -> None:
    """Give a forked process what a fresh one would have: environment, folder, arguments, signals, random state."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(home)
    sys.argv[:] = ["ipykernel_launcher"]
    sys.orig_argv[:] = [sys.executable, "-m", "ipykernel_launcher"]
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
