"""The fork server as a kernel provisioner: the seam by which any Jupyter program can use it.

A kernel specification names it ``grader-forkserver`` and gives the server's address. Nothing here polls: death is read
from a process descriptor, and answers arrive as frames on the kernel's own connection to its supervisor.
"""

import asyncio
import contextlib
import os
import select
import signal
import socket
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Dict, Unicode

from grader.errors import KernelUnavailable
from grader.inside import frames
from grader.limits import Limits

NAME = "grader-forkserver"
_ANSWER_S = 30.0
"""Seconds for the supervisor's answer, however busy the machine is: without it nobody knows how a kernel died."""


class ForkServerProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """Starts a kernel by asking a fork server, and is that kernel's lifeline.

    ``launch_kernel`` takes the order as the keyword ``order``: JSON data as ``connect`` makes it. What it leaves out is
    as in ``default_order``.
    """

    address: str = Unicode(help="The path of the fork server's socket.").tag(config=True)
    order: dict[str, Any] = Dict(help="The order, where none is given at launch.").tag(config=True)

    connection: socket.socket | None = None
    pidfd: int = -1
    started: dict[str, Any]
    last_account: dict[str, Any]

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleaned up."""
        return self.pidfd >= 0

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare nothing: no command line, and nothing of this process's environment, goes to the kernel."""
        return {"cmd": [], **kwargs}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002 - the interface's
        """Order a kernel and wait until it answers. Returns Jupyter's connection information.

        Raises:
            KernelUnavailable: there is no server, or it could not start a kernel.

        """
        order = {**default_order(), **(kwargs.get("order") or self.order)}
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setblocking(False)
        self.connection = connection
        try:
            connection.connect(self.address)
            frames.send(connection, {"op": "start", **order})
        except OSError as problem:
            self._close_connection()
            raise KernelUnavailable(f"the fork server at {self.address} does not answer: {problem}") from problem
        try:
            message, files = await self._next_frame()
        except BaseException:
            self._close_connection()
            raise
        if message["event"] != "started":
            self._close_connection()
            raise KernelUnavailable(f"the fork server could not start a kernel: {message.get('reason', 'it ended')}")
        self.pidfd = files[0]
        self.started = message
        self.last_account = {"alive": True, "cpu_s": 0.0, "peak_memory_bytes": 0}
        self.connection_info = {
            "transport": "ipc",
            "ip": message["ip"],
            "key": message["key"].encode(),
            "signature_scheme": "hmac-sha256",
            "kernel_name": "python3",
            "shell_port": 1,
            "stdin_port": 2,
            "control_port": 3,
            "iopub_port": 4,
            "hb_port": 5,
        }
        return self.connection_info

    async def _next_frame(self) -> tuple[dict[str, Any], list[int]]:
        """Wait for one frame of the supervisor's; a closed connection reads as ``{"event": "gone"}``."""
        assert self.connection is not None
        await readable(self.connection.fileno())
        return frames.receive(self.connection) or ({"event": "gone"}, [])

    # -- asking, without waiting for the event loop ----------------------------------------------------------------

    def account(self) -> dict[str, Any]:
        """Return what the supervisor knows of the kernel now: alive, signal, exit code, memory, processor seconds."""
        if self.connection is not None and self.last_account.get("alive", False):
            with contextlib.suppress(OSError):
                frames.send(self.connection, {"op": "usage"})
            self._read_until({"usage", "died", "gone"})
        return self.last_account

    def _read_until(self, events: set[str]) -> None:
        """Read frames until one of ``events`` has come, the supervisor has gone, or it does not answer."""
        while self.connection is not None and select.select([self.connection], [], [], _ANSWER_S)[0]:
            frame = frames.receive(self.connection)
            if frame is None:
                self._close_connection()
                return
            self._note(frame[0])
            if frame[0]["event"] in events and not (frame[0].get("alive") and self.dead()):
                return

    def _note(self, message: dict[str, Any]) -> None:
        """Remember an account; the first one of a dead kernel is the one that tells how it died."""
        if "cpu_s" in message and self.last_account.get("alive", True):
            self.last_account = message

    def dead(self) -> bool:
        """Whether the kernel's process has ended."""
        return self.pidfd < 0 or bool(select.select([self.pidfd], [], [], 0)[0])

    def signal_now(self, number: int) -> None:
        """Send a signal to the kernel's process; nothing when it has gone."""
        if self.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)

    # -- jupyter_client's interface --------------------------------------------------------------------------------

    async def poll(self) -> int | None:
        """Return None while the kernel lives, else its exit status (negative: a signal)."""
        if not self.dead():
            return None
        return exit_status(self.last_account) if self.pidfd < 0 else exit_status(self.account())

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        if self.pidfd >= 0:
            await readable(self.pidfd)
        return await self.poll()

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process."""
        if signum:
            self.signal_now(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the interface's
        """End every process of the kernel; its folder is removed when this returns."""
        if self.connection is None:
            return
        with contextlib.suppress(OSError):
            frames.send(self.connection, {"op": "kill"})
        message: dict[str, Any] = {"event": ""}
        while message["event"] != "gone":
            message, _ = await self._next_frame()
            self._note(message)
        self._close_connection()

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel: there is no gentler way that a student's code must heed."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Forget the kernel; end it if it still lives."""
        await self.kill(restart)
        self.release()

    def release(self) -> None:
        """Close what is open without waiting: the supervisor ends the kernel by itself."""
        self._close_connection()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1

    def _close_connection(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


async def readable(number: int) -> None:
    """Wait until a descriptor is readable."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def now() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(number, now)
    try:
        await ready
    finally:
        loop.remove_reader(number)


def default_order() -> dict[str, Any]:
    """Return an order for a kernel of the plain stage with the limits an assignment has by default."""
    limits = Limits()
    return {
        "stage": "plain",
        "limits": {name: getattr(limits, name) for name in limits.__struct_fields__},
        "support": None,
        "environment": {},
        "confinement": None,
    }


def exit_status(account: dict[str, Any]) -> int:
    """Return an account's end as subprocess does: the exit code, or minus the signal."""
    if account.get("signal"):
        return -int(account["signal"])
    return int(account.get("exit_code") or 0)


class FixedSpecManager(KernelSpecManager):  # type: ignore[misc]
    """Knows one kernel specification, whatever is installed on this machine."""

    def __init__(self, spec: KernelSpec, **settings: Any) -> None:
        super().__init__(**settings)
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - a notebook's kernel name does not matter
        """Return the one specification."""
        return self._spec


class ForkServerManager(AsyncKernelManager):  # type: ignore[misc]
    """A kernel manager that waits for the kernel's end instead of looking every 0.1 s, and writes no file."""

    @classmethod
    def at(cls, address: str, **settings: Any) -> "ForkServerManager":
        """Make a manager whose kernels come from the fork server at ``address``."""
        stanza = {"provisioner_name": NAME, "config": {"address": address}}
        spec = KernelSpec(name="python3", language="python", metadata={"kernel_provisioner": stanza})
        return cls(kernel_spec_manager=FixedSpecManager(spec), kernel_name="python3", **settings)

    async def _async_wait(self, pollinterval: float = 0.1) -> None:  # noqa: ARG002 - the interface's
        """Wait for the kernel's end."""
        if self.provisioner is not None:
            await self.provisioner.wait()

    def _connect_control_socket(self) -> None:
        """Connect nothing beside the client's own channels."""

    def write_connection_file(self, **_: Any) -> None:
        """Write nothing: the connection stays in this process."""

    def cleanup_connection_file(self) -> None:
        """Remove nothing, since nothing was written."""

    def cleanup_ipc_files(self) -> None:
        """Leave the sockets to their supervisor."""
