"""Tests each layer of confinement on this machine by trying to break out of it, and says what mends what is missing.

Each layer is put on alone, and one attack that it must stop is tried in it, for real: a layer that is there but does not
hold is found too. Nothing here prints.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.limits import Limits
from grader.sandbox.connect import connect
from grader.sandbox.isolation import broken_promises
from grader.sandbox.launch import ServerHandle, start_server
from grader.sandbox.layers import Confinement
from grader.sandbox.mend import mend
from grader.sandbox.protocol import KernelOrder, RunningKernel, Sandbox

_LIMITS = Limits(memory_mib=100, scratch_mib=4)
_ATTACK_S = 20.0
_HOARD_MIB = 300

WHAT: dict[str, str] = {
    "user": "kernels run as a user of their own",
    "mounts": "kernels see a root of their own, without this machine's files",
    "processes": "kernels see and signal only their own processes",
    "network": "kernels have no network",
    "ipc": "kernels have shared memory of their own",
    "names": "kernels do not know this machine's name",
    "landlock": "the system refuses kernels files that are not on a list",
    "seccomp": "the system refuses kernels the calls that an attack needs",
    "rlimits": "an allocation above the limit fails in the student's own cell",
    "watcher": "kernels whose processes together hold too much memory are ended",
    "cgroup": "a control group ends kernels that hold too much memory",
}


@dataclass(frozen=True)
class Finding:
    """One layer: whether it holds here, what the attack on it said, and the command that mends it ("" if none does)."""

    layer: str
    what: str
    holds: bool
    evidence: str
    mend: str


@dataclass(frozen=True)
class Report:
    """All layers, and which of the promises network, files, processes and memory they leave broken."""

    mode: str
    findings: tuple[Finding, ...]
    broken: tuple[str, ...]


_READ = "got = open(T['secret']).read()"
_CONNECT = "import socket; got = socket.create_connection(('127.0.0.1', T['port']), 2)"
_HOARD = f"got = len(bytearray({_HOARD_MIB} << 20))"
_ATTACH = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
place = libc.shmat(T['segment'], None, 0o10000)
if place in (None, 2 ** 64 - 1):
    raise OSError(ctypes.get_errno(), 'no such shared memory')
got = 'attached'
"""

ATTACKS: dict[str, str] = {
    "user": _READ,
    "mounts": _READ,
    "processes": "import os; os.kill(T['victim'], 9); got = 'killed another process'",
    "network": _CONNECT,
    "ipc": _ATTACH,
    "names": "import socket; got = socket.gethostname(); assert got == T['host'], 'another name: ' + got",
    "landlock": _READ,
    "seccomp": _CONNECT,
    "rlimits": _HOARD,
    "watcher": _HOARD + "; import time; time.sleep(30)",
    "cgroup": _HOARD + "; import time; time.sleep(30)",
}


def diagnose() -> Report:
    """Try every layer. Takes a few seconds.

    Raises:
        KernelUnavailable: no fork server could be started at all.

    """
    with start_server([], "auto", spare=False) as server:
        held = server.describe()
        reasons = dict(line.split(": ", 1) for line in held["missing"])
        if not server.address:
            findings = [_absent(name) for name in ATTACKS]
            return Report(held["mode"], tuple(findings), broken_promises(()))
        findings = asyncio.run(_try_all(server, reasons))
    holding = [layer for layer in held["layers"] if not any(one.layer == layer and not one.holds for one in findings)]
    return Report(held["mode"], tuple(findings), broken_promises(holding))


def _absent(layer: str) -> Finding:
    """Return what is found where the system has no fork server at all."""
    return Finding(layer, WHAT[layer], holds=False, evidence=f"{sys.platform} has no such layer", mend="")


async def _try_all(server: ServerHandle, reasons: dict[str, str]) -> list[Finding]:
    """Put each layer on alone and attack it."""
    sandbox = connect(server.address, "auto")
    findings = []
    try:
        for layer, attack in ATTACKS.items():
            if layer in reasons:
                remedy = mend(layer, reasons[layer])
                findings.append(Finding(layer, WHAT[layer], holds=False, evidence=reasons[layer], mend=remedy))
                continue
            with _target() as target:
                holds, evidence = await _attack(sandbox, layer, attack, target)
            findings.append(Finding(layer, WHAT[layer], holds, evidence, "" if holds else mend(layer, evidence)))
    finally:
        sandbox.close()
    return findings


async def _attack(sandbox: Sandbox, layer: str, attack: str, target: dict[str, Any]) -> tuple[bool, str]:
    """Attack one layer. Returns whether it held, and what the attack said."""
    inside = ("user",) if os.getuid() and layer in {"mounts", "processes", "network", "ipc", "names"} else ()
    if layer == "user" and os.getuid():
        return True, "a user namespace carries the other layers; as root, kernels would also have a user of their own"
    try:
        kernel = await sandbox.start_kernel(KernelOrder(_LIMITS, confinement=Confinement.only(layer, *inside)))
    except GraderError as problem:
        return False, str(problem)
    try:
        said = await _run(kernel, attack, target)
        death = kernel.death()
    finally:
        await kernel.kill()
    if death is not None:
        return True, f"the kernel was ended: {death.words}"
    return not said.startswith("got "), said


async def _run(kernel: RunningKernel, attack: str, target: dict[str, Any]) -> str:
    """Run the attack in the kernel; return ``got …`` if it succeeded, else what stopped it, or "" if the kernel died."""
    code = (
        f"T = {target!r}\ntry:\n    exec({attack!r})\n    print('got', str(got)[:80])\n"
        "except BaseException as problem:\n    print(f'{type(problem).__name__}: {problem}'[:200])\n"
    )
    asked = kernel.client.execute(code)
    loop = asyncio.get_running_loop()
    died = asyncio.Event()
    loop.add_reader(kernel.pidfd, died.set)

    async def printed() -> str:
        while True:
            message = await kernel.client.get_iopub_msg()
            if message["parent_header"].get("msg_id") == asked and message["msg_type"] == "stream":
                return str(message["content"]["text"]).strip()

    waiting = [asyncio.ensure_future(printed()), asyncio.ensure_future(died.wait())]
    try:
        await asyncio.wait(waiting, timeout=_ATTACK_S, return_when=asyncio.FIRST_COMPLETED)
        answer = waiting[0]
        return str(answer.result()) if answer.done() else "" if died.is_set() else "got no answer in time"
    finally:
        loop.remove_reader(kernel.pidfd)
        for one in waiting:
            one.cancel()


@contextlib.contextmanager
def _target() -> Iterator[dict[str, Any]]:
    """Make what the attacks reach for: a secret file, a listener, a process, shared memory; remove it afterwards."""
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(0, 4096, 0o1600)
    with (
        tempfile.TemporaryDirectory(prefix="grader-doctor-") as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as victim,
    ):
        secret = Path(folder) / "secret"
        secret.write_text("you should not read this")
        secret.chmod(0o600)
        try:
            yield {
                "secret": str(secret),
                "port": listener.getsockname()[1],
                "victim": victim.pid,
                "segment": segment,
                "host": socket.gethostname(),
            }
        finally:
            victim.kill()
            libc.shmctl(segment, 0, None)
