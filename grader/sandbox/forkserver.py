"""The fork server: imports what a course preloads, once, and forks a kernel whenever one is ordered.

    launch ── listening socket, lifeline ──► plain stage ── orders with their connection ──► tensorflow stage
                                               │ fork                                          │ fork
                                               ▼                                               ▼
                                            supervisor ── fork ──► kernel                     …

Both stages are this one class. The plain one is up in under a second, and forks the other, which then imports
TensorFlow; an order for it waits in its socket until it is there. An order is one frame on a connection of its own; the
connection is handed to the kernel's supervisor, and the server forgets it. One kernel of each stage that was used is
forked ahead. When the lifeline ends, so do the server, its supervisors and their kernels. Standard library only: a
forked kernel inherits this process's memory, so no rubric, solution or secret may ever have been in it.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from grader.inside import frames
from grader.sandbox import cgroups, isolation, preload, processes, syscalls, visible
from grader.sandbox.confine import FIRST_UID
from grader.sandbox.handover import group_name
from grader.sandbox.layers import Confinement
from grader.sandbox.machine import Machine, examine, plan_for
from grader.sandbox.removal import remove_tree
from grader.sandbox.supervisor import Supervisor, Task

MAX_KERNELS = 200
"""Kernels of one stage at a time; as root each has a user id of its own out of as many."""


class Become(BaseException):
    """Raised in a forked child to unwind the server's frames before it becomes something else."""

    def __init__(self, work: Callable[[], NoReturn]) -> None:
        super().__init__()
        self.work = work


@dataclass
class Supervised:
    """A supervisor process as the server sees it."""

    pid: int
    pidfd: int
    control: socket.socket
    task: Task
    taken: bool = False


@dataclass
class Stage:
    """One stage of the fork server and its event loop."""

    name: str
    settings: dict[str, Any]
    inbox: socket.socket
    """Connections come from here: the listening socket, or the plain stage's hand."""
    lifeline: int
    machine: Machine
    problems: list[str] = field(default_factory=list)
    """Why kernels of this stage must not be forked; they are then started as programs of their own."""
    next_stage: socket.socket | None = None
    next_pid: int = 0
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _children: dict[int, Supervised] = field(default_factory=dict)
    _number: int = 0
    _reserved: dict[int, socket.socket] = field(default_factory=dict)
    _in_hand: socket.socket | None = None
    """The connection whose order is being carried out: a child must not close its number by accident."""

    @property
    def run_root(self) -> Path:
        """The folder of this server's run: sockets and the kernels' folders."""
        return Path(self.settings["run_root"])

    def serve(self) -> None:
        """Answer orders until the lifeline ends, then end every kernel."""
        self._selector.register(self.inbox, selectors.EVENT_READ, self._take)
        if self.lifeline >= 0:
            self._selector.register(self.lifeline, selectors.EVENT_READ, self._end)
        try:
            while True:
                for key, _ in self._selector.select():
                    key.data(key.fileobj)
        except SystemExit:
            self._end_all()
            raise

    def _take(self, _: Any) -> None:
        """Take a connection: accepted here, or handed over together with its order."""
        if self.name == "plain":
            connection, _address = self.inbox.accept()
            self._selector.register(connection, selectors.EVENT_READ, self._read)
            return
        frame = frames.receive(self.inbox)
        if frame is None:
            raise SystemExit
        message, files = frame
        self._order(message, socket.socket(fileno=files[0]))

    def _read(self, connection: socket.socket) -> None:
        """Read the one frame that a client sends to the server itself."""
        self._selector.unregister(connection)
        frame = frames.receive(connection)
        if frame is None:
            connection.close()
            return
        message = frame[0]
        if message.get("op") == "describe":
            self._describe(connection)
        elif message.get("stage") == "tensorflow" and self.next_stage is not None:
            try:
                frames.send(self.next_stage, message, [connection.fileno()])
            except OSError:
                self._refuse(connection, "the fork server's stage with TensorFlow has ended")
            connection.close()
        else:
            self._order(message, connection)

    def _describe(self, connection: socket.socket) -> None:
        """Say which layers a kernel would get."""
        wanted = Confinement.from_json(self.settings["confinement"])
        plan = plan_for(self.machine, wanted)
        held = isolation.describe(
            plan, wanted, cgroup=self.machine.cgroup is not None and wanted.cgroup, reasons=self.machine.reasons
        )
        with contextlib.suppress(OSError):
            frames.send(connection, {"event": "described", **held.to_json()})
        connection.close()

    def _refuse(self, connection: socket.socket, reason: str) -> None:
        """Say why there is no kernel."""
        with contextlib.suppress(OSError):
            frames.send(connection, {"event": "failed", "reason": reason})

    def _order(self, message: dict[str, Any], connection: socket.socket) -> None:
        """Carry out an order, or say why not: neither a bad order nor a full machine may end the server."""
        self._in_hand = connection
        try:
            self._carry_out(message, connection)
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as problem:
            self._refuse(connection, f"the order cannot be carried out: {type(problem).__name__}: {problem}")
        connection.close()
        self._in_hand = None

    def _carry_out(self, message: dict[str, Any], connection: socket.socket) -> None:
        """Hand the connection to a kernel that waits, or to a new one; then fork the next ahead."""
        wanted = self._task(message)
        spare = next((one for one in self._children.values() if not one.taken and one.task.fits(wanted)), None)
        for other in [one for one in self._children.values() if not one.taken and one is not spare]:
            self._dismiss(other)
        if spare is None and len(self._children) >= MAX_KERNELS:
            self._refuse(connection, f"the fork server already runs {MAX_KERNELS} kernels")
        else:
            if spare is None or not self._hand_over(spare, message, connection):
                self._hand_over(self._fork(wanted), message, connection)
            if self.settings["spare"]:
                self._fork(self._task(message))

    def _hand_over(self, child: Supervised, message: dict[str, Any], connection: socket.socket) -> bool:
        """Give the order and its connection to a supervisor. False when that one has ended."""
        child.taken = True
        try:
            frames.send(child.control, message, [connection.fileno()])
        except OSError:
            return False
        return True

    def _reserves(self, slot: int) -> bool:
        """Whether this server may use the slot's user: no other server on this machine does, as long as this one lives.

        What a user's processes may do together is limited, and where nothing else tells a kernel's processes apart they
        are ended by their user. The name of a socket says who has it; nobody listens there.
        """
        if slot not in self._reserved:
            mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                mark.bind(f"\0grader-user-{FIRST_UID + slot}")
            except OSError:
                mark.close()
                return False
            self._reserved[slot] = mark
        return True

    def _task(self, message: dict[str, Any]) -> Task:
        """What a kernel for this order is made of, as far as it must be known before the fork."""
        confinement = Confinement.from_json(message.get("confinement") or self.settings["confinement"])
        reasons = self.problems if confinement.fork else []
        self._number += 1
        first = 0 if self.name == "plain" else MAX_KERNELS + 2
        used = {one.task.slot for one in self._children.values()}
        plan = plan_for(self.machine, confinement)
        free = (slot for slot in range(first, first + MAX_KERNELS + 2) if slot not in used)
        return Task(
            folder=self.run_root / f"{self.name[0]}{self._number}",
            limits=message["limits"],
            confinement=confinement,
            notes=tuple(reasons),
            fork=confinement.fork and not reasons,
            slot=next((slot for slot in free if not plan.own_user or self._reserves(slot)), first),
            plan=plan,
            cgroup=self.machine.cgroup,
            reasons=self.machine.reasons,
        )

    def _fork(self, task: Task) -> Supervised:
        """Fork a supervisor, which forks its kernel."""
        ours, theirs = frames.pair()
        pid = os.fork()
        if pid == 0:
            ours.detach()
            self._forget({theirs.fileno(), self.settings["lock"]})
            raise Become(Supervisor(task, theirs).run)
        theirs.close()
        child = Supervised(pid, os.pidfd_open(pid), ours, task)
        self._children[pid] = child
        self._selector.register(child.pidfd, selectors.EVENT_READ, lambda _: self._reap(child))
        return child

    def _forget(self, keep: set[int]) -> None:
        """In a forked child: close every descriptor of the server's, and detach the objects that held them."""
        self._selector.close()
        for holder in [self.inbox, self.next_stage, self._in_hand, *(one.control for one in self._children.values())]:
            if holder is not None:
                holder.detach()
        self._children.clear()
        close_all_but({0, 1, 2, *keep})

    def _dismiss(self, child: Supervised) -> None:
        """End a kernel that waits for an order which will not come."""
        child.control.close()
        child.taken = True

    def _reap(self, child: Supervised) -> None:
        """Reap a supervisor that has ended, and remove what it may have left."""
        self._selector.unregister(child.pidfd)
        os.waitpid(child.pid, 0)
        os.close(child.pidfd)
        child.control.close()
        del self._children[child.pid]
        remove_tree(child.task.folder)
        if self.machine.cgroup is not None:
            cgroups.Group(Path(self.machine.cgroup.folder) / group_name(child.task.folder), 0).remove()

    def _end(self, _: Any) -> None:
        """The grader has gone, or says that it is done."""
        raise SystemExit

    def _end_all(self) -> None:
        """End every kernel and the next stage, and wait for them."""
        for child in self._children.values():
            child.control.close()
        if self.next_stage is not None:
            self.next_stage.close()
        for child in list(self._children.values()):
            self._reap(child)
        if self.next_pid:
            os.waitpid(self.next_pid, 0)
        if self.name == "plain":
            remove_tree(self.run_root)


def close_all_but(keep: set[int]) -> None:
    """Close every descriptor of this process except these."""
    for number in processes.open_files():
        if number not in keep:
            with contextlib.suppress(OSError):
                os.close(number)


def start_next_stage(plain: Stage) -> Stage | None:
    """Fork the stage with TensorFlow. In the parent: None. In the child: the stage, before its imports."""
    ours, theirs = frames.pair()
    plain.next_pid = os.fork()
    if plain.next_pid:
        theirs.close()
        plain.next_stage = ours
        return None
    ours.detach()
    plain.inbox.detach()
    close_all_but({0, 1, 2, theirs.fileno(), plain.settings["lock"]})
    return Stage("tensorflow", plain.settings, theirs, -1, plain.machine)


def say(problems: list[str]) -> None:
    """Write to the log of the run what could not be imported ahead; a kernel that needs it will fail by itself."""
    for problem in problems:
        sys.stderr.write(problem + "\n")


def main() -> None:
    """Start as a program: settings as JSON in the argument (see ``launch.start_server``)."""
    settings = json.loads(sys.argv[1])
    for number in (settings["listen"], settings["lifeline"], settings["lock"]):
        os.set_inheritable(number, False)  # no program started from here holds the lock of the run, or its lifeline
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    run_root = Path(settings["run_root"])
    visible.hide(settings["hide"])
    machine = examine(run_root)
    cgroups.sweep(machine.cgroup)
    stage = Stage("plain", settings, socket.socket(fileno=settings["listen"]), settings["lifeline"], machine)
    try:
        say(preload.load_plain(settings["preload"]))
        preload.settle()
        stage.problems = preload.guard()
        if any(name.partition(".")[0] in preload.TENSORFLOW for name in settings["preload"]):
            following = start_next_stage(stage)
            if following is not None:
                stage = following
                say(preload.load_tensorflow(settings["preload"]))
                preload.settle()
                stage.problems = preload.guard()
        # The memory of the server is nobody's to read, not even of its own user's other processes.
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        stage.serve()
    except Become as child:
        work = child.work
    del stage
    work()


if __name__ == "__main__":
    main()
