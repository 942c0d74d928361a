"""Confinement, put on in two steps: what the supervisor does before it forks, and what the kernel does to itself.

    supervisor   new process, network, ipc and host-name namespaces (in a user namespace, unless it is root)
      └ init     process 1 of the namespace: ends when the supervisor does, and everything with it
      └ kernel   own root · own user · no capabilities · death with its parent · no new privileges · Landlock · filter

The kernel's step comes before ipykernel starts its threads: credentials, Landlock and filters belong to a thread. What
the machine cannot give is left out by the ``Plan``, and said. Standard library only.
"""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import filter as call_filter
from grader.sandbox import landlock, root, syscalls, visible

FIRST_UID = 60_706
"""As root each kernel gets a user id of its own, from here on: a range that no system or service uses."""

_READERS = ("/bin/cat", "/usr/bin/cat")
_PROC_FILES = ("cpuinfo", "meminfo", "stat", "filesystems", "version", "sys/vm", "sys/kernel")
_OOM_SCORE = "600"


@dataclass(frozen=True)
class Plan:
    """The layers one kernel gets: what the machine can give, and what was wanted."""

    own_user: bool = False
    user_namespace: bool = False
    mounts: bool = False
    processes: bool = False
    own_proc: bool = False
    """``/proc`` can be mounted anew (not inside a container that masks parts of it)."""
    network: bool = False
    ipc: bool = False
    names: bool = False
    landlock: int = 0
    seccomp: bool = False

    @property
    def namespaces(self) -> int:
        """The flags of ``unshare`` for the supervisor; the kernel's own root comes later."""
        flags = {
            syscalls.CLONE_NEWUSER: self.user_namespace,
            syscalls.CLONE_NEWPID: self.processes,
            syscalls.CLONE_NEWNET: self.network,
            syscalls.CLONE_NEWIPC: self.ipc,
            syscalls.CLONE_NEWUTS: self.names,
        }
        return sum(flag for flag, wanted in flags.items() if wanted)

    @property
    def signals_stay_inside(self) -> bool:
        """Whether something other than the filter keeps the kernel's signals from the grader's processes."""
        return self.processes or self.own_user or self.landlock >= landlock.SIGNALS_SINCE


@dataclass
class Outer:
    """What the supervisor did for its kernel."""

    init: int = 0
    init_lifeline: int = -1

    def kill(self) -> None:
        """Kill process 1 of the namespace, and with it every process there."""
        if self.init:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init, signal.SIGKILL)

    def reap(self) -> None:
        """Wait until the namespace is empty. This process's own child in it must have been reaped before."""
        if self.init:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.init, 0)
            self.init = 0
            os.close(self.init_lifeline)


def uid_of(plan: Plan, slot: int) -> int:
    """Return the user id of the kernel in that slot."""
    return FIRST_UID + slot if plan.own_user else os.getuid()


def enter_outer(plan: Plan, slot: int, name: str = "") -> Outer:
    """Take the supervisor into the namespaces its kernel will live in. Raises OSError where the machine refuses.

    ``name`` is shown as the command line of the namespace's process 1.
    """
    outer = Outer()
    if plan.user_namespace:
        _enter_user_namespace(plan, slot)
    elif plan.namespaces:
        syscalls.unshare(plan.namespaces)
    if plan.processes:
        outer.init, outer.init_lifeline = _start_init(f"init {name}")
    return outer


def _enter_user_namespace(plan: Plan, slot: int) -> None:
    """Enter the namespaces with one of users around them, in which this user, and the kernel's, keep their ids."""
    uid, gid = os.getuid(), os.getgid()
    other = uid_of(plan, slot)
    if other == uid:
        syscalls.unshare(plan.namespaces)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        return
    # A map of two ids must be written by a process outside that may change users.
    asked, ask = os.pipe()
    done, tell = os.pipe()
    me = os.getpid()
    helper = os.fork()
    if helper == 0:
        os.close(ask)
        if os.read(asked, 1):
            Path(f"/proc/{me}/uid_map").write_text(f"{uid} {uid} 1\n{other} {other} 1")
            Path(f"/proc/{me}/gid_map").write_text(f"{gid} {gid} 1\n{other} {other} 1")
        os._exit(0)
    syscalls.unshare(plan.namespaces)
    os.write(ask, b"1")
    for number in (asked, ask, done, tell):
        os.close(number)
    os.waitpid(helper, 0)


def _start_init(name: str) -> tuple[int, int]:
    """Start process 1 of the new namespace: it reaps orphans, and ends when the supervisor's end of a pipe closes.

    Any program that reads to the end will do; ``cat`` is a thousand times smaller than a copy of this process.
    """
    theirs, ours = os.pipe()
    program = next((path for path in _READERS if Path(path).exists()), None)
    # An ignored SIGCHLD is inherited, and makes the system reap the orphans by itself.
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        if program is None:
            return _fork_init(theirs, ours), ours
        nowhere = os.open(os.devnull, os.O_WRONLY)
        actions = [(os.POSIX_SPAWN_DUP2, theirs, 0), (os.POSIX_SPAWN_DUP2, nowhere, 1)]
        pid = os.posix_spawn(program, [name], {}, file_actions=[*actions, (os.POSIX_SPAWN_DUP2, nowhere, 2)])
        os.close(nowhere)
        return pid, ours
    finally:
        signal.signal(signal.SIGCHLD, before)
        os.close(theirs)


def _fork_init(theirs: int, ours: int) -> int:
    """Be process 1 by a fork, where the machine has no program that reads."""
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        while os.read(theirs, 1):
            continue
        os._exit(0)
    return pid


def enter_inner(plan: Plan, slot: int, folder: Path, scratch_mib: int) -> Path:
    """Confine this process, which is to become the kernel, for good. Returns the folder it is to run in.

    ``folder`` is the supervisor's folder for this kernel. Raises OSError where the machine refuses.
    """
    os.umask(0o022)
    uid, gid = uid_of(plan, slot), uid_of(plan, slot) if plan.own_user else os.getgid()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    if plan.mounts:
        root.build_and_enter(folder / "root", uid, gid, scratch_mib, own_proc=plan.own_proc)
        home = Path(root.HOME)
    else:
        home = _home_on_disk(folder, uid, gid)
    # Looked up while this process still may: another user may not reach the interpreter's folder without the rules.
    rules = file_rules(plan, home) if plan.landlock else []
    if plan.names:
        syscalls.sethostname("notebook")
    syscalls.drop_bounding_capabilities()
    if plan.own_user:
        with contextlib.suppress(PermissionError):
            os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    if any((plan.namespaces, plan.mounts, plan.own_user, plan.landlock, plan.seccomp)):
        syscalls.drop_capabilities()
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    # A change of user clears both: the kernel must end with its supervisor, and may look at itself in /proc.
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, int(signal.SIGKILL))
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    if plan.landlock:
        landlock.restrict(plan.landlock, rules)
    if plan.seccomp:
        call_filter.install(None if plan.signals_stay_inside else os.getpid(), own_root=plan.mounts)
    return home


def _home_on_disk(folder: Path, uid: int, gid: int) -> Path:
    """Make the scratch folder where there is no root of its own: on the machine's disk, beside the sockets."""
    home = folder / "home"
    (home / "tmp").mkdir(parents=True)
    if uid != os.getuid():
        # Passing through is allowed, listing is not; the sockets beside it belong to the grader's user alone.
        folder.parent.chmod(0o711)
        folder.chmod(0o711)
        for path in (home, home / "tmp"):
            os.chown(path, uid, gid)
            path.chmod(0o700)
    return home


def file_rules(plan: Plan, home: Path) -> list[tuple[Path, int]]:
    """Return Landlock's rules: the same list of readable files with and without a root of its own."""
    rules: list[tuple[Path, int]] = []
    for path in visible.readable():
        if plan.mounts:
            rules.append((path, landlock.READ))
            continue
        allowed, passed = visible.without_the_grader(path)
        rules += [(one, landlock.READ) for one in allowed]
        rules += [(one, landlock.READ_DIR) for one in passed]
    rules += [(own, landlock.READ) for own in visible.OWN]
    rules += [(Path("/dev") / name, landlock.READ) for name in ("full", "random", "urandom")]
    rules += [(Path(name), landlock.TERMINAL) for name in ("/dev/null", "/dev/ptmx", "/dev/pts")]
    if plan.mounts:
        etc = [Path("/etc") / name for name in ("passwd", "group", "hosts", "nsswitch.conf")]
        rules += [(path, landlock.READ) for path in etc]
        rules += [(Path("/"), landlock.READ_DIR), (home, landlock.OWN)]
        rules += [(Path(name), landlock.OWN) for name in ("/tmp", "/dev/shm")]  # noqa: S108 - the kernel's own
    else:
        rules.append((home, landlock.OWN))
    if plan.own_proc and plan.mounts:
        rules.append((Path("/proc"), landlock.READ))
    else:
        rules.append((Path("/proc/self"), landlock.READ))
        rules += [(Path("/proc") / name, landlock.READ) for name in _PROC_FILES]
    return rules
