"""Ordinary kernels, unconfined: for machines without the fork server's system calls, and for ``--sandbox off`` there.

The student's code runs as the user who grades, can read and change that user's files, and reach the network. Only
limits that the grader keeps from outside hold: time and the size of output.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

from grader.errors import KernelUnavailable
from grader.sandbox.channels import first_answer, set_options
from grader.sandbox.protocol import Death, KernelOrder, RunningKernel
from grader.sandbox.provisioner import FixedSpecManager
from grader.sandbox.removal import remove_tree
from grader.verdict import Isolation, Resources

NAME = "unconfined: the student's code can read and change your files"

_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA")


class LocalKernel:
    """An ordinary kernel process (the ``RunningKernel`` of the protocol)."""

    isolation = Isolation(mode="unconfined", layers=(), missing=("everything: not available on this system",))
    notes: tuple[str, ...] = ("the kernel was started the ordinary way, unconfined",)

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient, folder: Path) -> None:
        self.manager = manager
        self.client = client
        self._folder = folder
        self._process: subprocess.Popen[bytes] = manager.provisioner.process
        self._end, tell = socket.socketpair()
        threading.Thread(target=self._await_end, args=(tell,), daemon=True).start()

    def _await_end(self, tell: socket.socket) -> None:
        """Close one end of a pair when the process ends: the other is then readable, as a process descriptor is."""
        with contextlib.suppress(OSError):
            self._process.wait()
        tell.close()

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable once the kernel has died; -1 after ``kill``."""
        return self._end.fileno()

    def interrupt(self) -> None:
        """Send SIGINT now."""
        with contextlib.suppress(OSError):
            self._process.send_signal(signal.SIGINT)

    async def kill(self) -> None:
        """End the kernel's process and remove its folder. Idempotent."""
        self.client.stop_channels()
        with contextlib.suppress(OSError):
            self._process.kill()
        await asyncio.to_thread(self._process.wait)
        remove_tree(self._folder)
        self._end.close()

    def release(self) -> None:
        """End the kernel without an event loop."""
        self.client.stop_channels()
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        remove_tree(self._folder)
        self._end.close()

    def death(self) -> Death | None:
        """How the kernel died, or None while it lives."""
        code = self._process.poll()
        if code is None:
            return None
        if code < 0:
            words = f"killed by {signal.Signals(-code).name}"
            return Death(-code, None, out_of_memory=False, words=words, unexplained=-code == signal.SIGKILL)
        return Death(None, code, out_of_memory=False, words=f"ended itself with exit status {code}")

    def usage(self) -> Resources:
        """Nothing is measured from outside an ordinary process."""
        return Resources()


class UnconfinedSandbox:
    """Starts ordinary kernels through jupyter_client's own provisioner."""

    mode = NAME

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context(io_threads=1)
        self._kernels: list[LocalKernel] = []

    async def start_kernel(self, order: KernelOrder) -> RunningKernel:
        """Start a kernel and wait until it has answered.

        Raises:
            KernelUnavailable: none could be started.

        """
        folder = Path(tempfile.mkdtemp(prefix="grader-kernel-"))
        if order.support is not None:
            shutil.copytree(order.support, folder, dirs_exist_ok=True)
        argv = [sys.executable, "-P", "-m", "grader.inside.kernelapp", "-f", "{connection_file}"]
        spec = KernelSpec(name="python3", language="python", argv=argv)
        set_options(self._context, order.limits.value_mib)
        manager = AsyncKernelManager(
            kernel_spec_manager=FixedSpecManager(spec),
            kernel_name="python3",
            context=self._context,
            connection_file=str(folder / ".kernel.json"),
        )
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | dict(order.environment)
        try:
            await manager.start_kernel(cwd=str(folder), env=environment)
        except Exception as problem:
            remove_tree(folder)
            raise KernelUnavailable(f"no kernel could be started: {problem}") from problem
        client: Any = manager.client()
        client.start_channels(hb=False)
        kernel = LocalKernel(manager, client, folder)
        try:
            await first_answer(kernel)
        except BaseException:
            await kernel.kill()
            raise
        self._kernels.append(kernel)
        return kernel

    def close(self) -> None:
        """End every kernel that still runs."""
        for kernel in self._kernels:
            if kernel.pidfd >= 0:
                kernel.release()
        self._kernels.clear()
        self._context.destroy(linger=0)
