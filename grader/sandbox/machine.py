"""What this machine can give of each layer, found by trying it in a throw-away child. Standard library only."""

import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.sandbox import cgroups, confine, landlock, syscalls, visible
from grader.sandbox import filter as call_filter
from grader.sandbox.confine import Plan
from grader.sandbox.layers import Confinement

_TRY_S = 10


@dataclass(frozen=True)
class Machine:
    """The most that can be had here, and why the rest cannot: layer name to reason."""

    plan: Plan
    cgroup: cgroups.Home | None
    reasons: dict[str, str]
    reachable: bool = True
    """Another user can read the interpreter where it is, without a root made for the kernel."""


def trial(work: Callable[[], Any]) -> tuple[Any, str]:
    """Run ``work`` in a child that is thrown away. Returns what it returned (JSON data), and why it failed, or ""."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(_TRY_S)
            answer = json.dumps({"value": work(), "problem": ""})
        except OSError as problem:
            answer = json.dumps({"value": None, "problem": problem.strerror or str(problem)})
        except BaseException:  # noqa: BLE001 - a child must not run on into its parent's code
            answer = json.dumps({"value": None, "problem": traceback.format_exc()[-500:]})
        with contextlib.suppress(OSError):
            os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if not said:
        return None, f"the trial ended with status {status}"
    result = json.loads(said)
    return result["value"], str(result["problem"])


def examine(run_root: Path) -> Machine:
    """Try every layer. ``run_root`` is a folder this process may write in."""
    if not sys.platform.startswith("linux"):
        everything = dict.fromkeys(Confinement.nothing().to_json(), f"{sys.platform} has no such layer")
        return Machine(Plan(), None, everything)
    reasons: dict[str, str] = {}
    visible.readable()
    visible.hidden()
    plan = _namespaces(reasons)
    plan = replace(plan, own_user=_own_user(plan, reasons))
    plan = _mounts(plan, run_root, reasons)
    plan = replace(plan, landlock=_landlock(reasons), seccomp=_seccomp(reasons))
    reachable = plan.own_user and _interpreter_is_reachable()
    if plan.own_user and not plan.mounts and not reachable:
        reasons["user"] = f"another user cannot read {sys.prefix}, so kernels run as this one"
    return Machine(plan, _cgroup(reasons), reasons, reachable)


def _cgroup(reasons: dict[str, str]) -> cgroups.Home | None:
    """Return where control groups for memory can be made."""
    home = cgroups.find()
    if home is None:
        reasons["cgroup"] = "no control group for memory can be written"
        return None
    problem = trial(functools.partial(cgroups.attempt, home))[1]
    if problem:
        reasons["cgroup"] = problem
        return None
    return home


def _namespaces(reasons: dict[str, str]) -> Plan:
    """Find out which namespaces can be had: as root directly, else inside one of users."""
    flags = {
        "processes": syscalls.CLONE_NEWPID,
        "network": syscalls.CLONE_NEWNET,
        "ipc": syscalls.CLONE_NEWIPC,
        "names": syscalls.CLONE_NEWUTS,
    }
    every = sum(flags.values()) | syscalls.CLONE_NEWNS
    as_root = trial(lambda: syscalls.unshare(every))[1] if os.geteuid() == 0 else "not root"
    if not as_root:
        return Plan(mounts=True, **dict.fromkeys(flags, True))
    problem = trial(_enter_user_namespace)[1]
    if problem:
        reasons.update(dict.fromkeys(("mounts", *flags), f"user namespaces cannot be had: {problem}"))
        if os.geteuid() != 0:
            reasons["user"] = f"user namespaces cannot be had: {problem}"
        return Plan()
    found = {}
    for name, flag in {**flags, "mounts": syscalls.CLONE_NEWNS}.items():
        refused = trial(functools.partial(syscalls.unshare, syscalls.CLONE_NEWUSER | flag))[1]
        found[name] = not refused
        if refused:
            reasons[name] = refused
    return Plan(user_namespace=True, **found)


def _enter_user_namespace() -> None:
    confine.enter_outer(Plan(user_namespace=True), 0)


def _own_user(plan: Plan, reasons: dict[str, str]) -> bool:
    """Whether the kernel can run as a user of its own: only root can change users."""
    if os.geteuid() != 0:
        return False

    def change() -> None:
        confine.enter_outer(replace(plan, own_user=True, processes=False), 0)
        os.setresgid(confine.FIRST_UID, confine.FIRST_UID, confine.FIRST_UID)
        os.setresuid(confine.FIRST_UID, confine.FIRST_UID, confine.FIRST_UID)

    problem = trial(change)[1]
    if problem:
        reasons["user"] = f"the user cannot be changed, so the number of processes is not limited: {problem}"
    return not problem


def _interpreter_is_reachable() -> bool:
    """Whether another user can read the interpreter and its packages where they are."""

    def read() -> bool:
        os.setgroups([])
        os.setresgid(confine.FIRST_UID, confine.FIRST_UID, confine.FIRST_UID)
        os.setresuid(confine.FIRST_UID, confine.FIRST_UID, confine.FIRST_UID)
        return os.access(os.__file__, os.R_OK) and os.access(sys.executable, os.X_OK) and os.access(__file__, os.R_OK)

    return bool(trial(read)[0])


def _mounts(plan: Plan, run_root: Path, reasons: dict[str, str]) -> Plan:
    """Find out whether a root of its own can be built, and whether ``/proc`` can be mounted anew in it."""
    if not plan.mounts:
        return plan
    problems: list[str] = []
    for own_proc in (True, False) if plan.processes else (False,):
        attempt = replace(plan, own_proc=own_proc)
        problem = _whole_trial(attempt, run_root)
        if not problem:
            if plan.processes and not own_proc:
                reasons["processes"] = f"/proc cannot be mounted anew: {problems[0]}"
            return attempt
        problems.append(problem)
    reasons["mounts"] = problems[-1]
    reasons["processes"] = "without a root of its own the kernel would see the machine's processes"
    return replace(plan, mounts=False)


def _whole_trial(plan: Plan, run_root: Path) -> str:
    """Enter everything that ``plan`` says and look around. Returns why it failed, or ""."""
    folder = Path(tempfile.mkdtemp(prefix="trial-", dir=run_root))
    (folder / "root").mkdir()

    def work() -> None:
        outer = confine.enter_outer(plan, 0, str(folder))
        try:
            _, problem = trial(lambda: _look_around(plan, folder))
        finally:
            outer.kill()
            outer.reap()
        if problem:
            raise OSError(0, problem)

    try:
        return trial(work)[1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look_around(plan: Plan, folder: Path) -> None:
    """Confine this child and check that an interpreter could work here."""
    home = confine.enter_inner(plan, 0, folder, 1)
    (home / "file").write_text("1")
    if not os.access(sys.executable, os.X_OK) or not Path("/proc/self/status").read_text():
        raise OSError(0, f"{sys.executable} cannot be reached in a root of its own")


def _landlock(reasons: dict[str, str]) -> int:
    """Return the version of Landlock that works."""
    version = syscalls.landlock_version()

    def restrict() -> None:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        landlock.restrict(version, [(Path("/usr"), landlock.READ)])

    problem = trial(restrict)[1] if version else "this system's kernel was built or started without it"
    if problem:
        reasons["landlock"] = problem
        return 0
    return version


def _seccomp(reasons: dict[str, str]) -> bool:
    """Whether the filter of system calls can be installed, and refuses."""

    def install() -> None:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        call_filter.install()
        try:
            socket.socket(socket.AF_INET).close()
        except PermissionError:
            return
        raise OSError(0, "the filter was installed and did not refuse")

    problem = trial(install)[1]
    if problem:
        reasons["seccomp"] = problem
    return not problem


def plan_for(machine: Machine, wanted: Confinement) -> Plan:
    """Return the layers of one kernel: what is wanted of what can be had."""
    most = machine.plan
    inside = not most.user_namespace or wanted.user
    mounts = most.mounts and wanted.mounts and inside
    own_user = most.own_user and wanted.user and (mounts or machine.reachable)
    return Plan(
        own_user=own_user,
        user_namespace=most.user_namespace and wanted.user,
        mounts=mounts,
        processes=most.processes and wanted.processes and inside,
        own_proc=most.own_proc and wanted.processes and mounts,
        network=most.network and wanted.network and inside,
        ipc=most.ipc and wanted.ipc and inside,
        names=most.names and wanted.names and inside,
        landlock=most.landlock if wanted.landlock else 0,
        seccomp=most.seccomp and wanted.seccomp,
    )
