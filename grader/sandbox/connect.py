"""Where kernels come from, as the grader sees it: a sandbox at a fork server's address."""

import signal
from typing import Any

import zmq.asyncio
from jupyter_client import AsyncKernelClient

from grader.sandbox.channels import first_answer, set_options
from grader.sandbox.local import UnconfinedSandbox
from grader.sandbox.protocol import Death, KernelOrder, RunningKernel, Sandbox
from grader.sandbox.provisioner import ForkServerManager, ForkServerProvisioner
from grader.verdict import Isolation, Resources


class ForkedKernel:
    """A kernel of the fork server (the ``RunningKernel`` of the protocol)."""

    def __init__(self, manager: ForkServerManager, client: AsyncKernelClient) -> None:
        self.manager = manager
        self.client = client
        self._provisioner: ForkServerProvisioner = manager.provisioner
        self.notes: tuple[str, ...] = tuple(self._provisioner.started["notes"])
        held = self._provisioner.started["isolation"]
        self.isolation = Isolation(mode=held["mode"], layers=tuple(held["layers"]), missing=tuple(held["missing"]))

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable once the kernel has died; -1 after ``kill``."""
        return self._provisioner.pidfd

    def interrupt(self) -> None:
        """Send SIGINT now."""
        self._provisioner.signal_now(signal.SIGINT)

    async def kill(self) -> None:
        """End every process of the kernel and remove its folder. Idempotent."""
        self.client.stop_channels()
        await self._provisioner.cleanup()

    def death(self) -> Death | None:
        """How the kernel died, or None while it lives."""
        if not self._provisioner.dead():
            return None
        account = self._provisioner.account()
        number, reason = account.get("signal"), account.get("reason")
        return Death(
            number,
            account.get("exit_code"),
            bool(account.get("out_of_memory")),
            reason or _words(account),
            unexplained=number == signal.SIGKILL and not reason,
        )

    def usage(self) -> Resources:
        """Processor seconds and peak private memory."""
        account = self._provisioner.account()
        return Resources(cpu_s=account["cpu_s"], peak_memory_bytes=account["peak_memory_bytes"])

    def release(self) -> None:
        """Let go without waiting; the supervisor ends the kernel by itself."""
        self.client.stop_channels()
        self._provisioner.release()


def _words(account: dict[str, Any]) -> str:
    """Say for a person how a process ended."""
    if account.get("signal"):
        return f"killed by {signal.Signals(account['signal']).name}"
    return f"ended itself with exit status {account.get('exit_code')}"


class ForkServerSandbox:
    """Kernels forked by the server at ``address``."""

    def __init__(self, address: str, mode: str) -> None:
        self._address = address
        self.mode = mode if mode != "off" else "unconfined: the student's code can read and change your files"
        self._context = zmq.asyncio.Context(io_threads=1)
        self._kernels: list[ForkedKernel] = []

    async def start_kernel(self, order: KernelOrder) -> RunningKernel:
        """Start a kernel, connect to it for good, and wait until it has answered.

        Raises:
            KernelUnavailable: none could be started; the message says why.

        """
        set_options(self._context, order.limits.value_mib)
        manager = ForkServerManager.at(self._address, context=self._context)
        await manager.start_kernel(order=order_json(order))
        client = manager.client(context=self._context)
        client.start_channels(hb=False)
        kernel = ForkedKernel(manager, client)
        try:
            await first_answer(kernel)
        except BaseException:
            await kernel.kill()
            raise
        self._kernels = [one for one in self._kernels if one.pidfd >= 0]
        self._kernels.append(kernel)
        return kernel

    def close(self) -> None:
        """Let go of every kernel; their supervisors end them."""
        for kernel in self._kernels:
            kernel.release()
        self._kernels.clear()
        self._context.destroy(linger=0)


def order_json(order: KernelOrder) -> dict[str, Any]:
    """Return the order as the JSON data that the fork server reads."""
    limits = {name: getattr(order.limits, name) for name in order.limits.__struct_fields__}
    return {
        "stage": order.stage,
        "limits": limits,
        "support": str(order.support.absolute()) if order.support is not None else None,
        "environment": dict(order.environment),
        "confinement": order.confinement.to_json() if order.confinement is not None else None,
    }


def connect(address: str, mode: str = "auto") -> Sandbox:
    """Return the sandbox whose kernels come from the fork server at ``address``.

    Where there is no address, since the system has no fork server (``launch.start_server`` says so), kernels are
    ordinary ones.
    """
    return ForkServerSandbox(address, mode) if address else unconfined()


def unconfined() -> Sandbox:
    """Return the sandbox that confines nothing, and whose ``mode`` says so."""
    return UnconfinedSandbox()
