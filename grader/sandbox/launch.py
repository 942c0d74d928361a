"""Start the fork server and hold its lifeline. Used by the process that a person started: standard library only.

``start_server`` returns at once. The server's socket is listening already, so an order sent now waits there until the
server has finished its imports. The server ends when the handle is closed, or when this process ends in any way.
"""

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from grader.errors import KernelUnavailable, SandboxUnavailable
from grader.inside import frames
from grader.sandbox import isolation
from grader.sandbox.layers import Confinement
from grader.sandbox.removal import remove_tree

PREFIX = "grader-run-"
_YOUNG_S = 60.0
_CLOSE_S = 5.0
_DESCRIBE_S = 60.0


class ServerHandle:
    """A running fork server. ``close`` ends it and everything it forked."""

    def __init__(self, process: "subprocess.Popen[bytes]", run_root: Path, lifeline: socket.socket) -> None:
        self._process = process
        self._lifeline = lifeline
        self.run_root = run_root

    @property
    def address(self) -> str:
        """The path of the socket that takes orders."""
        return str(self.run_root / "orders")

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._process.pid

    def describe(self) -> dict[str, Any]:
        """Ask the server which layers its kernels get: ``mode``, ``layers``, ``missing``. Waits until it is up.

        Raises:
            KernelUnavailable: the server ended instead.

        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(_DESCRIBE_S)
            with contextlib.suppress(OSError):
                connection.connect(self.address)
                frames.send(connection, {"op": "describe"})
                frame = frames.receive(connection)
                if frame is not None:
                    return frame[0]
        raise KernelUnavailable(f"the fork server does not answer: {self.failure()}")

    def failure(self) -> str | None:
        """What the server wrote before it ended by itself, or None while it runs."""
        if self._process.poll() is None:
            return None
        with contextlib.suppress(OSError):
            return (self.run_root / "log").read_text(errors="replace")[-4000:]
        return f"the fork server ended with status {self._process.returncode}"

    def close(self) -> None:
        """End the server, its supervisors and its kernels, and remove the folder of the run. Idempotent."""
        self._lifeline.close()
        try:
            self._process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        remove_tree(self.run_root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start_server(
    preload: Sequence[str] = ("numpy", "tensorflow"),
    mode: str = "auto",
    run_root: Path | None = None,
    *,
    confinement: Confinement | None = None,
    spare: bool = True,
    hide: Sequence[Path] = (),
) -> ServerHandle:
    """Start a fork server that imports ``preload``; sweep what killed runs left behind.

    ``run_root`` is the folder in which the run's own folder is made (short: its sockets' paths end at 107 bytes).
    ``confinement`` is for tests. ``spare`` forks one kernel ahead of each stage that was used. ``hide`` names folders that
    no kernel may see even if they lie among the interpreter's packages or the system's files.

    Raises:
        SandboxUnavailable: ``mode`` is ``strict`` and this machine cannot give network, file, process and memory isolation.

    """
    if not sys.platform.startswith("linux"):
        return _without_a_server(mode)
    base = run_root or run_base()
    sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    _lock(lock)
    if confinement is None:
        confinement = Confinement.nothing() if mode == "off" else Confinement()
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, theirs:
        listener.bind(str(folder / "orders"))
        listener.listen(128)
        settings = {
            "listen": listener.fileno(),
            "lifeline": theirs.fileno(),
            "lock": lock,
            "run_root": str(folder),
            "preload": list(preload),
            "mode": mode,
            "confinement": confinement.to_json(),
            "spare": spare,
            "hide": [str(folder.absolute()) for folder in hide],
        }
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "grader.sandbox.forkserver", json.dumps(settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=server_environment(),
                pass_fds=(listener.fileno(), theirs.fileno(), lock),
                start_new_session=True,
                cwd="/",
            )
    os.close(lock)
    handle = ServerHandle(process, folder, ours)
    if mode == "strict":
        _insist(handle)
    return handle


def _insist(handle: ServerHandle) -> None:
    """Close the server and say what is missing, unless all four promises are kept."""
    try:
        held = handle.describe()
        broken = isolation.broken_promises(held["layers"])
    except BaseException:
        handle.close()
        raise
    if broken:
        handle.close()
        reasons = "\n".join(f"  {line}" for line in held["missing"])
        raise SandboxUnavailable(
            broken,
            f"this machine cannot isolate the student's {', '.join(broken)}:\n{reasons}\n"
            "`grader doctor` says what mends it; `--sandbox auto` grades with what there is",
        )


class NoServer(ServerHandle):
    """Stands for the fork server where the system has none: kernels are ordinary ones, unconfined."""

    def __init__(self) -> None:
        """Start nothing."""

    @property
    def address(self) -> str:
        """No address: ``connect`` then starts ordinary kernels."""
        return ""

    def describe(self) -> dict[str, Any]:
        """Say that nothing confines a kernel here."""
        missing = [f"{promise}: {sys.platform} has no layer for it" for promise in isolation.PROMISES]
        return {"mode": isolation.UNCONFINED, "layers": [], "missing": missing}

    def failure(self) -> str | None:
        """Nothing was started, so nothing failed."""
        return None

    def close(self) -> None:
        """End nothing."""


def _without_a_server(mode: str) -> ServerHandle:
    """Return the handle for a system without a fork server, which ``strict`` refuses."""
    handle = NoServer()
    if mode == "strict":
        _insist(handle)
    return handle


def _lock(descriptor: int) -> None:
    """Lock a run's folder for as long as one of its processes lives. Raises BlockingIOError where one does."""
    import fcntl  # noqa: PLC0415 - a system without a fork server may not have it

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def run_base() -> Path:
    """Return a short folder for runs: ``/tmp`` where it is usable, else the system's temporary folder."""
    short = Path("/tmp")  # noqa: S108 - only the parent of a folder that mkdtemp makes
    return short if os.access(short, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def server_environment() -> dict[str, str]:
    """Return the environment of the server, made from nothing: no secret of the caller's can reach a kernel."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grader"
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(cache),
        "MPLCONFIGDIR": str(cache / "matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # One thread at the fork (OpenBLAS's pool would be others), no device, no chatter, sets in the same order always.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def sweep(base: Path) -> list[Path]:
    """Remove the folders of runs of this user whose processes have all ended; return them."""
    removed = []
    for folder in base.glob(PREFIX + "*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or _in_use(folder, about.st_mtime):
                continue
            remove_tree(folder)
            removed.append(folder)
    return removed


def _in_use(folder: Path, changed: float) -> bool:
    """Whether a process of that run still holds its lock (a folder without one may be just being made)."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - changed < _YOUNG_S
    try:
        _lock(lock)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
