"""Each layer stops an attack by itself, with every other one switched off: none is decoration."""

import ctypes
import os
import socket
from collections.abc import Iterator

import pytest
from sandbox_attacks import MEDDLING, REACHING, READING
from sandbox_lab import Lab, LabKernel, Target

from grader.limits import Limits
from grader.sandbox.layers import Confinement

LIMITS = Limits(memory_mib=200, scratch_mib=8, cpu_s=2)
HOARD = "hoard = bytearray(400 << 20); got = len(hoard)"
MANY_SMALL_HOARDS = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        hoard = bytearray(100 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""
SEGMENT = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
place = libc.shmat(T['segment'], None, 0o10000)
if place in (None, 2**64 - 1): raise OSError(ctypes.get_errno(), 'shmat')
got = ctypes.string_at(place, 6)
"""
NAME = "import socket; got = socket.gethostname(); assert got == T['host'], got"

CASES: dict[str, str] = {
    "user": READING["read the secret by its path"],
    "mounts": READING["read the secret by its path"],
    "processes": MEDDLING["kill the victim"],
    "network": REACHING["connect to a local service"],
    "ipc": SEGMENT,
    "names": NAME,
    "landlock": READING["read the secret by its path"],
    "seccomp": REACHING["connect to a local service"],
    "rlimits": HOARD,
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One server for all layers: which hold is part of each order."""
    with Lab() as laboratory:
        yield laboratory


@pytest.fixture
def target() -> Iterator[Target]:
    """A fresh target for each attack."""
    made = Target()
    yield made
    made.close()


@pytest.fixture
def segment() -> Iterator[int]:
    """System V shared memory of this process, with a secret in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = libc.shmget(0, 4096, 0o1600)
    place = libc.shmat(number, None, 0)
    ctypes.memmove(place, b"secret", 6)
    yield number
    libc.shmdt(ctypes.c_void_p(place))
    libc.shmctl(number, 0, None)


def available(lab: Lab, layer: str) -> Confinement:
    """Return the layer alone, or skip with the reason why this machine cannot give it alone."""
    missing = {line.partition(":")[0]: line for line in lab.server.describe()["missing"]}
    if layer in missing:
        pytest.skip(missing[layer])
    # Anybody but root has namespaces only inside one of users.
    around = ("user",) if os.getuid() and layer not in {"landlock", "seccomp", "rlimits", "watcher"} else ()
    return Confinement.only(layer, *around)


def outcome(kernel: LabKernel, code: str, described: dict[str, object]) -> dict[str, str | None]:
    """Try one attack."""
    return kernel.attack({"attack": code}, described)["attack"]


@pytest.mark.parametrize("layer", CASES)
def test_a_layer_alone_stops_an_attack(lab: Lab, target: Target, segment: int, layer: str) -> None:
    """The attack succeeds where nothing confines the kernel, and fails under this one layer."""
    alone = available(lab, layer)
    described = {**target.describe(), "segment": segment, "host": socket.gethostname()}
    with lab.kernel(alone, LIMITS) as kernel:
        confined = outcome(kernel, CASES[layer], described)
        names = set(kernel.kernel.isolation.layers)
    if layer == "user" and "own-user" not in names:
        pytest.skip("without root a user of its own cannot be had; the user namespace carries the other layers")
    assert confined["got"] is None, confined
    with lab.kernel(Confinement.nothing(), LIMITS) as kernel:
        free = outcome(kernel, CASES[layer], described)
    assert free["got"] is not None, free


@pytest.mark.parametrize("layer", ["watcher", "cgroup"])
@pytest.mark.parametrize("code", [HOARD, MANY_SMALL_HOARDS], ids=["one process", "several processes"])
def test_memory_has_a_hard_edge(lab: Lab, layer: str, code: str) -> None:
    """The watch, and the control group, each end a kernel whose processes together hold too much, and say so."""
    with lab.kernel(available(lab, layer), LIMITS) as kernel:
        kernel.run(code)
        kernel.await_death()
        death = kernel.kernel.death()
        assert death is not None
        assert death.out_of_memory
        assert "MiB" in death.words
        assert kernel.kernel.usage().peak_memory_bytes >= (200 << 20 if layer == "watcher" else 0)


def test_processor_time_has_an_edge(lab: Lab) -> None:
    """A kernel that uses more processor time than it may is ended by the system, with the reason in words."""
    with lab.kernel(available(lab, "rlimits"), LIMITS) as kernel:
        kernel.run("while True: pass")
        kernel.await_death()
        death = kernel.kernel.death()
    assert death is not None
    assert "processor time" in death.words


def test_a_soft_edge_leaves_the_kernel_alive(lab: Lab) -> None:
    """An allocation above the limit is a MemoryError in the student's own cell, and the next cell runs."""
    with lab.kernel(limits=LIMITS) as kernel:
        assert "MemoryError" in kernel.run(HOARD)
        assert kernel.run("print(6 * 7)") == "42\n"


def test_processes_have_an_edge(lab: Lab) -> None:
    """Forking without end stops: by an error in the cell, or with the kernel and the reason in words."""
    with lab.kernel(limits=Limits(processes=60)) as kernel:
        said = kernel.run(
            "import os, time\n"
            "children = []\n"
            "while len(children) < 500:\n"
            "    child = os.fork()\n"
            "    if child == 0:\n"
            "        time.sleep(60)\n"
            "        os._exit(0)\n"
            "    children.append(child)\n"
        )
        death = kernel.kernel.death()
    assert "BlockingIOError" in said or (death is not None and "processes" in death.words)


def test_scratch_has_an_edge(lab: Lab) -> None:
    """A kernel cannot fill more than its scratch folder, nor make files without end."""
    if "mounts" in {line.partition(":")[0] for line in lab.server.describe()["missing"]}:
        pytest.skip("without a root of its own only the size of each file is bounded")
    with lab.kernel(limits=Limits(scratch_mib=8, file_mib=64)) as kernel:
        assert "No space left" in kernel.run("open('big', 'wb').write(bytes(20 << 20))")
        assert "No space left" in kernel.run("for n in range(100_000): open(f'file-{n}', 'w').close()")
        assert kernel.run("print(6 * 7)") == "42\n"
