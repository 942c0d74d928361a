"""What the rest of the grader knows of a sandbox: an order, a running kernel, and how it died."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from grader.limits import Limits
from grader.sandbox.layers import Confinement
from grader.verdict import Isolation, Resources

Stage = Literal["plain", "tensorflow"]
"""How much the fork server has imported before it forks this kernel."""

Mode = Literal["auto", "strict", "off"]
"""``auto`` uses what there is, ``strict`` refuses to start without it, ``off`` confines nothing."""


@dataclass(frozen=True)
class KernelOrder:
    """One kernel, as it is wanted.

    ``support`` is a folder whose files are laid beside the notebook, for reading only; ``environment`` is added to the
    kernel's otherwise empty one. ``confinement`` switches single layers off, for tests and for the doctor.
    """

    limits: Limits
    stage: Stage = "plain"
    support: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    confinement: Confinement | None = None


@dataclass(frozen=True)
class Death:
    """How a kernel ended. ``words`` are for a person: ``killed by SIGKILL``, ``used 2.1 GB of 2 GB``."""

    signal: int | None
    exit_code: int | None
    out_of_memory: bool
    words: str
    unexplained: bool = False
    """A SIGKILL that is not the sandbox's: the machine's own, short of memory, or the student's; nothing tells which."""


class RunningKernel(Protocol):
    """A kernel whose channels are connected and which has answered; no line of the student's has run yet."""

    @property
    def manager(self) -> Any:
        """The ``AsyncKernelManager`` that owns it; its provisioner is ours."""

    @property
    def client(self) -> Any:
        """An ``AsyncKernelClient``: shell, iopub, stdin and control are connected, and never reconnect; no heartbeat."""

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable once the kernel has died."""

    @property
    def isolation(self) -> Isolation:
        """The layers that hold this kernel, and those that do not."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of how it was started, one sentence each; empty where it was forked as planned."""

    def interrupt(self) -> None:
        """Send SIGINT now. Does nothing when the kernel is dead."""

    async def kill(self) -> None:
        """End every process of the kernel and remove its folder; return when that is done. Idempotent."""

    def death(self) -> Death | None:
        """How the kernel died, or None while it lives."""

    def usage(self) -> Resources:
        """Processor seconds and peak private memory so far, or in all once it has died."""


class Sandbox(Protocol):
    """Where kernels come from."""

    @property
    def mode(self) -> str:
        """What confines the kernels, in a word that warns where nothing does."""

    async def start_kernel(self, order: KernelOrder) -> RunningKernel:
        """Start a kernel.

        Raises:
            KernelUnavailable: none could be started; the message says why.

        """

    def close(self) -> None:
        """End everything that was started here. Idempotent."""
