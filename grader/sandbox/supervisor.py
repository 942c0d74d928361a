"""One kernel's supervisor: makes its sockets and its confinement, forks it, watches it, ends it, cleans up.

It stands outside the confinement and runs no line of the student's. It holds two lifelines: to the fork server and,
once the kernel is ordered, to the grader. When either ends, so does the kernel, with everything it started, and its
folder is removed. Standard library only.
"""

import contextlib
import os
import secrets
import select
import signal
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader.inside import frames, kernelapp
from grader.sandbox import cgroups, confine, isolation, processes, syscalls
from grader.sandbox.confine import Plan
from grader.sandbox.handover import execute_kernel, group_name, kernel_environment, only_these_files, open_support
from grader.sandbox.layers import Confinement
from grader.sandbox.memory import MemoryWatch
from grader.sandbox.removal import remove_tree

WATCH_S = 0.05
"""Seconds between two looks at the memory of the process tree."""
PAST_THE_LIMIT = 1.125
"""How much of its limit a kernel may use before the watch ends it. The limit itself stops an allocation with an error in
the student's cell: a kernel that is left full must live on, though its stack and its children count here as well."""

_ORDER_S = 0.1
MIB = 1024 * 1024


@dataclass(frozen=True)
class Task:
    """A kernel as it must be known before it is forked; what differs between submissions comes with the order."""

    folder: Path
    limits: dict[str, Any]
    confinement: Confinement
    notes: tuple[str, ...]
    fork: bool
    slot: int
    plan: Plan
    cgroup: cgroups.Home | None
    reasons: dict[str, str]

    def fits(self, other: "Task") -> bool:
        """Whether a kernel made for this task can serve the other's order."""
        return (self.limits, self.confinement, self.fork) == (other.limits, other.confinement, other.fork)


class Supervisor:
    """Runs in the process forked for it. ``run`` never returns."""

    def __init__(self, task: Task, control: socket.socket) -> None:
        self._task = task
        self._control = control
        self._server = os.getppid()
        self._client: socket.socket | None = None
        self._orders: socket.socket
        self._key = secrets.token_hex(16)
        self._pid = 0
        self._pidfd = -1
        self._status: int | None = None
        self._reason = ""
        self._out_of_memory = False
        self._cpu_s = 0.0
        self._watch: MemoryWatch | None = None
        self._started = False
        self._failure = ""
        self._outer = confine.Outer()
        self._group: cgroups.Group | None = None

    def run(self) -> NoReturn:
        """Make the kernel, watch it, clean up, exit."""
        try:
            os.setsid()
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # it writes its own maps of ids below
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            self._make_kernel()
            self._loop()
        except Exception:  # noqa: BLE001 - whatever it was, the kernel must go and the reason be told
            self._failure = traceback.format_exc()[-8000:]
            self._tell_of_failure()
        finally:
            self._end()
        os._exit(0)

    # -- before the order ----------------------------------------------------------------------------------------

    def _make_kernel(self) -> None:
        """Bind the channels, confine, fork."""
        self._task.folder.mkdir(mode=0o700)
        listening = {}
        for number, channel in enumerate(kernelapp.CHANNELS, 1):
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(f"{self._task.folder}/s-{number}")
            listener.listen(8)
            listening[channel] = listener
        self._orders, theirs = frames.pair()
        (self._task.folder / "root").mkdir()
        processes.adopt_orphans()
        if self._task.cgroup is not None and self._task.confinement.cgroup:
            with contextlib.suppress(OSError):
                self._group = cgroups.Group.make(self._task.cgroup, group_name(self._task.folder))
        self._outer = confine.enter_outer(self._task.plan, self._task.slot, str(self._task.folder))
        self._pid = os.fork()
        if self._pid == 0:
            self._be_the_kernel(listening, theirs)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        self._pidfd = os.pidfd_open(self._pid)
        self._in_group(lambda group: group.add(self._pid))
        theirs.close()
        for listener in listening.values():
            listener.close()

    def _in_group(self, step: Callable[[cgroups.Group], None]) -> None:
        """Do one step with the control group. If it fails, the kernel goes on without, and its layers say so."""
        if self._group is not None:
            try:
                step(self._group)
            except OSError:
                self._group.remove()
                self._group = None

    def _be_the_kernel(self, listening: dict[str, socket.socket], orders: socket.socket) -> NoReturn:
        """In the kernel's process: confine it, give it what it needs, and let it run."""
        try:
            os.setsid()
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
            kept = {orders.fileno(), *(listener.fileno() for listener in listening.values())}
            self._control.detach()
            self._orders.detach()
            only_these_files(kept)
            home = confine.enter_inner(
                self._task.plan, self._task.slot, self._task.folder, self._task.limits["scratch_mib"]
            )
            settings: dict[str, Any] = {
                "listening": {channel: listener.detach() for channel, listener in listening.items()},
                "orders": orders.detach(),
                "key": self._key,
                "environment": kernel_environment(home, own_root=self._task.plan.mounts),
                "home": str(home),
            }
            if self._task.fork:
                kernelapp.run(settings)
            for number in kept:
                os.set_inheritable(number, True)
            execute_kernel(settings)
        except BaseException:  # noqa: BLE001 - whatever it was, the supervisor must hear of it and this process end
            frames.send(orders, {"event": "failed", "reason": traceback.format_exc()[-8000:]})
            os._exit(70)

    # -- the loop ------------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        """Serve the server's hand-over and the grader until one of them has gone or the kernel is ended on request."""
        poll = select.poll()
        for number in (self._control.fileno(), self._pidfd, self._orders.fileno()):
            poll.register(number, select.POLLIN)
        while True:
            watching = self._started and self._status is None and bool(self._watch or self._group)
            for number, _ in poll.poll(WATCH_S * 1000 if watching else None):
                if number == self._pidfd:
                    poll.unregister(number)
                    self._reap()
                elif number == self._orders.fileno():
                    poll.unregister(number)
                    self._kernel_speaks()
                elif number == self._control.fileno():
                    if not self._hand_over():
                        return
                    assert self._client is not None
                    poll.register(self._client.fileno(), select.POLLIN)
                elif not self._serve():
                    return
            if watching and self._status is None:
                self._look_at_memory()

    def _hand_over(self) -> bool:
        """Take the order and the grader's connection from the server. False when the server has gone."""
        frame = frames.receive(self._control)
        if frame is None:
            return False
        order, files = frame
        self._client = socket.socket(fileno=files[0])
        if self._status is not None:
            self._tell({"event": "failed", "reason": self._failure or "the kernel ended before it was started"})
            return False
        if order.get("support"):
            for names, opened in open_support(Path(order["support"])):
                frames.send(self._orders, {"op": "files", "names": names}, opened)
                for number in opened:
                    os.close(number)
        limits = dict(order["limits"]) if self._task.confinement.rlimits else {}
        if limits and not self._task.plan.own_user and not self._task.plan.user_namespace:
            # Without a user of its own the system counts the processes of everything this user runs.
            limits["processes"] += processes.tasks_of_user(os.getuid())
        frames.send(self._orders, {"op": "start", "limits": limits, "environment": order["environment"]})
        return True

    def _kernel_speaks(self) -> None:
        """The kernel has carried out its order, or could not be started."""
        frame = frames.receive(self._orders)
        self._orders.close()
        message = frame[0] if frame else {"event": "failed", "reason": "the kernel ended while it was started"}
        if message["event"] == "failed":
            self._failure = message["reason"]
            self._tell(message)
            return
        self._started = True
        if self._task.confinement.watcher:
            self._watch = MemoryWatch(self._pid, *([self._outer.init] if self._outer.init else []))
        most = (self._task.limits["memory_mib"] + 3 * self._task.limits["scratch_mib"]) * MIB
        self._in_group(lambda group: group.limit(most))
        held = isolation.describe(
            self._task.plan,
            self._task.confinement,
            cgroup=self._group is not None,
            reasons=self._task.reasons,
        )
        self._tell(
            {
                "event": "started",
                "ip": str(self._task.folder / "s"),
                "key": self._key,
                "isolation": held.to_json(),
                "notes": list(self._task.notes),
            },
            [self._pidfd],
        )

    def _serve(self) -> bool:
        """Answer the grader. False when it has gone or wants the kernel ended."""
        assert self._client is not None
        frame = frames.receive(self._client)
        if frame is None or frame[0].get("op") == "kill":
            return False
        if frame[0].get("op") == "usage":
            self._tell({"event": "usage", **self._account()})
        return True

    def _tell_of_failure(self) -> None:
        """Tell whoever ordered the kernel why there is none; the order may still wait to be read."""
        if self._client is None and select.select([self._control], [], [], _ORDER_S)[0]:
            frame = frames.receive(self._control)
            if frame is not None:
                self._client = socket.socket(fileno=frame[1][0])
        self._tell({"event": "failed", "reason": self._failure})

    def _tell(self, message: dict[str, Any], files: tuple[int, ...] | list[int] = ()) -> None:
        """Tell the grader, if it is there."""
        if self._client is not None:
            try:
                frames.send(self._client, message, files)
            except OSError:
                return

    # -- watching and ending -------------------------------------------------------------------------------------

    def _look_at_memory(self) -> None:
        """End the kernel when its processes together hold more private memory than they may, or are too many."""
        used = self._watch.look() if self._watch is not None else 0
        limit = self._task.limits["memory_mib"] * MIB
        if self._group is not None and self._group.killed():
            # The system has ended one process of the tree; the others would wait for it in vain.
            self._note_group_kill()
            self._kill()
        elif used > limit * PAST_THE_LIMIT:
            self._out_of_memory = True
            self._reason = f"used {used / MIB:.0f} MiB of memory of {limit / MIB:.0f} MiB"
            self._kill()
        elif self._watch is not None and self._watch.processes > self._task.limits["processes"]:
            # The system's own limit comes first, but it does not bind a kernel that runs as root.
            self._reason = f"ran {self._watch.processes} processes of {self._task.limits['processes']}"
            self._kill()

    def _kill(self) -> None:
        """Send SIGKILL to everything the kernel started."""
        if self._outer.init:
            self._outer.kill()
            return
        processes.kill_tree(self._pidfd)
        if self._task.plan.own_user:
            processes.kill_user(confine.uid_of(self._task.plan, self._task.slot))

    def _reap(self) -> None:
        """Reap the kernel and report its death."""
        if self._status is not None:
            return
        _, status, usage = os.wait4(self._pid, 0)
        self._status = status
        self._cpu_s = usage.ru_utime + usage.ru_stime
        if self._group is not None and self._group.killed():
            self._note_group_kill()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            self._reason = f"used more than {self._task.limits['cpu_s']:.0f} s of processor time"
        if self._started:
            self._tell({"event": "died", **self._account()})

    def _note_group_kill(self) -> None:
        """The control group's limit was reached."""
        self._out_of_memory = True
        self._reason = self._reason or f"used more than {self._task.limits['memory_mib']} MiB of memory"

    def _account(self) -> dict[str, Any]:
        """What the grader may know: how the kernel ended, and what it used."""
        alive = self._status is None
        status = self._status or 0
        killer = os.WTERMSIG(status) if not alive and os.WIFSIGNALED(status) else None
        return {
            "alive": alive,
            "signal": killer,
            "exit_code": os.WEXITSTATUS(status) if not alive and os.WIFEXITED(status) else None,
            "out_of_memory": self._out_of_memory,
            "reason": self._reason,
            "cpu_s": processes.cpu_seconds(self._pid) if alive else self._cpu_s,
            "peak_memory_bytes": self._watch.peak if self._watch is not None else 0,
        }

    def _end(self) -> None:
        """End whatever still lives, remove the folder, say goodbye."""
        if self._pid:
            self._kill()
            if self._status is None:
                self._started = False
                self._reap()
            self._outer.reap()
        if self._group is not None:
            self._group.remove()
        remove_tree(self._task.folder)
        self._tell({"event": "gone", **self._account()})
        _remove_run_root_if_last(self._task.folder.parent, self._server)


def _remove_run_root_if_last(run_root: Path, server: int) -> None:
    """Where the fork server was killed, the last of its supervisors removes the folder of the run."""
    if os.getppid() != server and {path.name for path in run_root.glob("*")} <= {"orders", "lock", "log"}:
        remove_tree(run_root)
