"""How a kernel was lost, in words, and what the kernels of a session used."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.kernel.cell import Cause
from grader.kernel.execution import Stopped
from grader.sandbox.protocol import Death
from grader.verdict import Resources

_STUCK: Mapping[Cause, str] = {
    "timeout": "did not stop at its time limit, nor when interrupted",
    "output": "printed more than the limit, and did not stop when interrupted",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """How a kernel was lost: the reason as one word; in words that follow the name of what did it; the kernel's own."""

    stopped: Stopped
    words: str
    death: str
    unexplained: bool = False


def loss(cause: Cause | None, death: Death | None) -> Loss:
    """The loss of a kernel that did not yield (``cause``), or has died (``death``, where that is known)."""
    if cause is not None:
        return Loss(cause, _STUCK[cause], _STUCK[cause])
    if death is None:
        return Loss("died", "ended the kernel (gone)", "gone")
    if death.out_of_memory:
        return Loss("out-of-memory", f"ran out of memory ({death.words})", death.words)
    return Loss("died", f"ended the kernel ({death.words})", death.words, death.unexplained)


@dataclass
class Spent:
    """Processor seconds, the largest memory, and bytes of output, all kernels together."""

    cpu_s: float = 0.0
    peak_memory_bytes: int = 0
    output_bytes: int = 0

    def add(self, used: Resources) -> None:
        """Add what one kernel used."""
        self.cpu_s += used.cpu_s
        self.peak_memory_bytes = max(self.peak_memory_bytes, used.peak_memory_bytes)
