"""What holds a kernel, in words a result can keep: its layers, what is missing, and the four promises they make.

Standard library only: the fork server says this of every kernel it starts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from grader.sandbox import landlock
from grader.sandbox.confine import Plan
from grader.sandbox.layers import Confinement

PROMISES: dict[str, tuple[frozenset[str], ...]] = {
    "network": (frozenset({"network"}), frozenset({"seccomp"})),
    "files": (frozenset({"mounts"}), frozenset({"landlock"})),
    "processes": (
        frozenset({"processes"}),
        frozenset({"landlock-6"}),
        frozenset({"landlock", "seccomp"}),
        frozenset({"own-user", "landlock"}),
    ),
    "memory": (frozenset({"rlimits", "watcher"}), frozenset({"cgroup"})),
}
"""Each promise, and the sets of layers of which any one keeps it."""

CONFINED, PARTLY, UNCONFINED = "confined", "partly-confined", "unconfined"


@dataclass(frozen=True)
class Held:
    """The layers that hold one kernel; ``missing`` has one line ``layer: reason`` for each that does not."""

    mode: str
    layers: tuple[str, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the record as JSON data."""
        return {"mode": self.mode, "layers": list(self.layers), "missing": list(self.missing)}


def broken_promises(layers: Collection[str]) -> tuple[str, ...]:
    """Return which of network, files, processes and memory these layers do not isolate."""
    names = {layer.partition(" ")[0] for layer in layers}
    return tuple(promise for promise, ways in PROMISES.items() if not any(way <= names for way in ways))


def describe(plan: Plan, wanted: Confinement, *, cgroup: bool, reasons: dict[str, str]) -> Held:
    """Say which layers hold under ``plan``."""
    signals = plan.landlock >= landlock.SIGNALS_SINCE
    found = {
        "own-user": plan.own_user,
        "user-namespace": plan.user_namespace,
        "mounts": plan.mounts,
        "processes": plan.processes and plan.own_proc,
        "network": plan.network,
        "ipc": plan.ipc,
        "names": plan.names,
        "landlock": bool(plan.landlock),
        "landlock-6": signals,
        "seccomp": plan.seccomp,
        "rlimits": wanted.rlimits,
        "watcher": wanted.watcher,
        "cgroup": cgroup,
    }
    layers = tuple(name for name, holds in found.items() if holds)
    covered = {"user": plan.own_user or plan.user_namespace, **found}
    missing = []
    for name, is_wanted in wanted.to_json().items():
        if name == "fork" or covered[name]:
            continue
        reason = "switched off" if not is_wanted else reasons.get(name, "not available here")
        missing.append(f"{name}: {reason}")
    if wanted.user and covered["user"] and "user" in reasons:
        missing.append(f"user: {reasons['user']}")
    if wanted == Confinement.nothing() or not layers:
        return Held(UNCONFINED, layers, tuple(missing))
    return Held(PARTLY if broken_promises(layers) else CONFINED, layers, tuple(missing))
