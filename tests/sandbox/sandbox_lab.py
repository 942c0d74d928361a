"""A laboratory for the sandbox's tests: a fork server, kernels in it, and a target outside for their attacks.

Run as a program, it does one experiment as whoever runs it and prints the results as JSON: that is how the tests look at
ordinary users and at machines that lack something.
"""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.limits import Limits
from grader.sandbox.connect import connect
from grader.sandbox.launch import ServerHandle, start_server
from grader.sandbox.layers import Confinement
from grader.sandbox.protocol import KernelOrder, RunningKernel

SECRET = "expected values and points"
ANSWER_S = 60.0

MEASURE = """
import json as _json
def _try(attack, code, names):
    try:
        exec(code, names)
        outcome = {"got": repr(names.get("got"))[:300], "stopped": None}
    except BaseException as problem:
        outcome = {"got": None, "stopped": f"{type(problem).__name__}: {problem}"[:300]}
    print("OUTCOME " + _json.dumps({attack: outcome}), flush=True)
"""


class LabKernel:
    """One kernel, used from tests that are not asynchronous."""

    def __init__(self, lab: "Lab", kernel: RunningKernel) -> None:
        self.lab = lab
        self.kernel = kernel

    def run(self, code: str) -> str:
        """Run a cell; return what it printed, with its traceback."""
        return self.lab.loop.run_until_complete(asyncio.wait_for(self._run(code), ANSWER_S))

    async def _run(self, code: str) -> str:
        client = self.kernel.client
        asked = client.execute(code, store_history=False)
        printed: list[str] = []
        dead = asyncio.ensure_future(self._dead())
        try:
            while True:
                message = asyncio.ensure_future(client.get_iopub_msg())
                await asyncio.wait({message, dead}, return_when=asyncio.FIRST_COMPLETED)
                if not message.done():
                    message.cancel()
                    return "".join(printed)
                content = message.result()["content"]
                if message.result()["parent_header"].get("msg_id") != asked:
                    continue
                if content.get("execution_state") == "idle":
                    return "".join(printed)
                printed.append(content.get("text", "") + "\n".join(content.get("traceback", ())))
        finally:
            dead.cancel()

    async def _dead(self) -> None:
        loop = asyncio.get_running_loop()
        event = asyncio.Event()
        loop.add_reader(self.kernel.pidfd, event.set)
        try:
            await event.wait()
        finally:
            loop.remove_reader(self.kernel.pidfd)

    def attack(self, attacks: Mapping[str, str], target: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
        """Try each attack (code that sets ``got``); say of each what it got, or what stopped it."""
        prelude = f"{MEASURE}\nT = {dict(target)!r}\n"
        calls = "".join(f"_try({name!r}, {code!r}, {{'T': T}})\n" for name, code in attacks.items())
        printed = self.run(prelude + calls)
        outcomes: dict[str, dict[str, str | None]] = {}
        for line in printed.splitlines():
            if line.startswith("OUTCOME "):
                outcomes.update(json.loads(line.removeprefix("OUTCOME ")))
        return outcomes

    def kill(self) -> None:
        """End the kernel."""
        self.lab.loop.run_until_complete(asyncio.wait_for(self.kernel.kill(), ANSWER_S))

    def await_death(self) -> None:
        """Wait until the kernel has died by itself."""
        readable, _, _ = select.select([self.kernel.pidfd], [], [], ANSWER_S)
        assert readable, "the kernel still lives"


class Lab:
    """A fork server of its own and an event loop."""

    def __init__(self, *preload: str, spare: bool = False, server: ServerHandle | None = None) -> None:
        self.own = server is None
        self.server = server or start_server(preload or ("numpy",), "auto", spare=spare)
        self.loop = asyncio.new_event_loop()
        self.sandbox = connect(self.server.address, "auto")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def kernel(
        self, confinement: Confinement | None = None, limits: Limits | None = None, **order: Any
    ) -> Iterator[LabKernel]:
        """Start a kernel for a while."""
        wanted = KernelOrder(limits or Limits(), confinement=confinement, **order)
        kernel = LabKernel(self, self.loop.run_until_complete(self.sandbox.start_kernel(wanted)))
        try:
            yield kernel
        finally:
            kernel.kill()

    def close(self) -> None:
        """End everything."""
        self.sandbox.close()
        self.loop.close()
        if self.own:
            self.server.close()


class Target:
    """What an attacker would like to reach, outside the sandbox: a secret, listeners, a process, shared memory."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lab-"))
        self.secret = self.folder / "rubric.py"
        self.secret.write_text(SECRET)
        self.secret.chmod(0o600)
        self.victim = subprocess.Popen(["sleep", "600"])
        self.sockets: list[socket.socket] = []
        self.tcp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)).getsockname()[1]
        self.udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)).getsockname()[1]
        self.path = str(self.folder / "service")
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, self.path)
        self.datagrams = str(self.folder / "log")
        self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, self.datagrams)
        self.abstract = f"lab-{os.getpid()}"
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.abstract)

    def _listen(self, family: int, kind: int, address: Any) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        listener.setblocking(False)
        self.sockets.append(listener)
        return listener

    def describe(self) -> dict[str, Any]:
        """Tell the attacker everything about it that a name or a number can say."""
        return {
            "secret": str(self.secret),
            "victim": self.victim.pid,
            "grader": os.getpid(),
            "tcp": self.tcp,
            "udp": self.udp,
            "path": self.path,
            "datagrams": self.datagrams,
            "abstract": self.abstract,
            "host": socket.gethostname(),
            "prefix": sys.prefix,
            "package": str(Path(sys.modules["grader.sandbox.launch"].__file__ or "").parent),
        }

    def harmed(self) -> list[str]:
        """Say what an attack has done here."""
        harm = []
        if self.victim.poll() is not None:
            harm.append("the victim was killed")
        if self.secret.read_text() != SECRET or self.secret.stat().st_mode & 0o777 != 0o600:
            harm.append("the secret was changed")
        if {path.name for path in self.folder.iterdir()} != {"rubric.py", "service", "log"}:
            harm.append("a file was made beside the secret")
        if select.select(self.sockets, [], [], 0)[0]:
            harm.append("a listener was reached")
        return harm

    def close(self) -> None:
        """Remove it."""
        self.victim.kill()
        self.victim.wait()
        for listener in self.sockets:
            listener.close()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def processes_of(word: str) -> dict[int, int]:
    """Return the living processes whose command line holds ``word``: number to process descriptor."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if word.encode() in (folder / "cmdline").read_bytes():
                    found[int(folder.name)] = os.pidfd_open(int(folder.name))
    return found


def await_end(descriptors: Mapping[int, int], seconds: float = 10.0) -> list[int]:
    """Wait until all these processes have ended; return those that have not in time."""
    poll = select.poll()
    waiting = {descriptor: pid for pid, descriptor in descriptors.items()}
    for descriptor in waiting:
        poll.register(descriptor, select.POLLIN)
    while waiting and (ready := poll.poll(seconds * 1000)):
        for descriptor, _ in ready:
            poll.unregister(descriptor)
            os.close(descriptor)
            del waiting[descriptor]
    return list(waiting.values())


def experiment(confinement: Confinement, attacks: Mapping[str, str], limits: Limits) -> dict[str, Any]:
    """Try the attacks on a fresh target in one kernel; say what became of them and of the target."""
    target = Target()
    try:
        with Lab() as lab, lab.kernel(confinement, limits) as kernel:
            outcomes = kernel.attack(attacks, target.describe())
            isolation = kernel.kernel.isolation
            marker = "31415926"
            kernel.run(OUTLIVE.format(marker=marker))
            outliving = processes_of(marker)
            kernel.kill()
            left = await_end(outliving) + list(processes_of(marker))
        return {
            "mode": isolation.mode,
            "layers": list(isolation.layers),
            "missing": list(isolation.missing),
            "outcomes": outcomes,
            "harm": target.harmed(),
            "daemons": len(outliving),
            "left": left,
        }
    finally:
        target.close()


OUTLIVE = """
import os, subprocess
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        subprocess.Popen(["sleep", "{marker}"], start_new_session=True)
        os._exit(0)
    os.wait()
"""


def main() -> None:
    """Do one experiment, described as JSON in the first argument."""
    signal.alarm(120)
    wanted = json.loads(sys.argv[1])
    result = experiment(Confinement(**wanted["confinement"]), wanted["attacks"], Limits(memory_mib=200, processes=60))
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
