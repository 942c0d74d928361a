"""Nothing in the student's kernel can see an expected value, a test's source, the points or a neighbour's work.

Random markers are planted in all of these, and a control is put into the kernel on purpose. A submission is graded for
real, on a rubric that is failed, so that mistakes are named and stand-ins lent. Then its kernel's memory, every message
that was sent to it, and its folder are searched: the control is found in each, the markers are not.
"""

import os
import random
import secrets
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from zmq.sugar import socket as zmq_socket

import grader.grade
from grader.assignment import load
from grader.grade import Job, serve
from grader.kernel.session import Session
from grader.sandbox.connect import connect
from grader.sandbox.launch import start_server
from grader.verdict import SubmissionResult

PIECE = 1 << 20
OVERLAP = 64

CONFIG = """\
id = "secret"
title = "{title}"
version = "1"
salt = "{salt}"
notebook = "secret.ipynb"

[[exercises]]
name = "double"
title = "Double"
points = {points}
names = ["double"]
stands_in = ["double"]

[[exercises]]
name = "again"
title = "{exercise}"
points = 1
names = ["again"]
"""
RUBRIC = '''\
"""{source}"""

import numpy as np
import pytest

EXPECTED = float.fromhex("{expected}")


@pytest.mark.points({points}, exercise="double", title="{check}", hidden=True)
def test_double(student):
    x = student.rng("x").normal(size=4)
    student.expect("double", x, value=np.full(4, EXPECTED), tolerance=1e-12, x=x)


@pytest.mark.points(1, exercise="again", title="Twice more")
def test_again(student):
    x = student.rng("y").normal(size=3)
    student.expect("again", x, value=2 * x + 1, tolerance=1e-12, x=x)
'''
STAND_INS = '"""{stand_in}"""\n\n\ndef double(x):\n    """{stand_in}"""\n    return 2 * x\n'


@dataclass(frozen=True)
class Markers:
    """Words and numbers that occur nowhere else in the world."""

    words: dict[str, str]
    expected: float
    points: float
    control: str

    @classmethod
    def draw(cls) -> "Markers":
        """Draw new ones."""
        names = ("title", "salt", "exercise", "check", "source", "stand_in", "neighbour", "environment")
        words = {name: secrets.token_hex(12) for name in names}
        points = random.SystemRandom().randrange(10**8, 10**9) + 0.25
        return cls(words, random.SystemRandom().uniform(1, 2), points, secrets.token_hex(12))

    def hidden(self) -> dict[str, tuple[bytes, ...]]:
        """What must not be found, in each form it could have."""
        numbers = {"expected": self.expected, "points": self.points}
        found: dict[str, tuple[bytes, ...]] = {name: (word.encode(),) for name, word in self.words.items()}
        # Bytes of a number may be anywhere by chance in theory; eight random ones are not in practice.
        return found | {name: (struct.pack("<d", one), repr(one).encode()) for name, one in numbers.items()}


@dataclass
class Seen:
    """Where one kernel could have seen something."""

    memory: dict[str, bool]
    messages: list[bytes]
    folder: list[bytes]
    kernels: int = 0


def search(pid: int, needles: Mapping[str, tuple[bytes, ...]]) -> dict[str, bool]:
    """Which of the needles are in the memory of a process that it could have written."""
    found = dict.fromkeys(needles, False)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for span, rights, *_ in [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]:
            if not rights.startswith("rw"):
                continue
            low, high = (int(part, 16) for part in span.split("-"))
            for at in range(low, high, PIECE):
                memory.seek(at)
                piece = memory.read(min(PIECE + OVERLAP, high - at))
                for word in [word for word, there in found.items() if not there]:
                    found[word] = any(form in piece for form in needles[word])
    return found


def pid_of(pidfd: int) -> int:
    """The number of the process behind a process descriptor, as this process sees it."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def contents(pid: int) -> Iterator[bytes]:
    """Names and contents of the files in a kernel's own folders."""
    for place in ("cwd", "root/tmp", "root/dev/shm"):
        for folder, _, files in os.walk(f"/proc/{pid}/{place}/"):
            for name in files:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield name.encode() + path.read_bytes()


def write_course(folder: Path, markers: Markers) -> Path:
    """An assignment whose every part is marked."""
    (folder / "rubric").mkdir(parents=True)
    words = {**markers.words, "points": markers.points, "expected": markers.expected.hex()}
    (folder / "assignment.toml").write_text(CONFIG.format(**words))
    (folder / "rubric" / "test_secret.py").write_text(RUBRIC.format(**words))
    (folder / "rubric" / "stand_ins.py").write_text(STAND_INS.format(**words))
    write_notebook(folder / "secret.ipynb", "def double(x):\n    ...", "def again(x):\n    ...")
    return folder


def write_notebook(path: Path, *sources: str) -> Path:
    """A notebook of code cells."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources]), path)
    return path


@pytest.fixture
def seen_by_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Markers, Seen, SubmissionResult]:
    """Grade a neighbour and then the subject; what the subject's kernel could see at the end."""
    if os.getuid() != 0:
        pytest.skip(
            "only root may read another user's memory from outside; attacks/read-its-own-memory looks from inside"
        )
    markers = Markers.draw()
    seen = Seen({}, [], [])
    course = load(write_course(tmp_path / "course", markers))
    neighbour = write_notebook(
        tmp_path / "neighbour.ipynb",
        f"hint = '{markers.words['neighbour']}'\nopen('/tmp/{markers.words['neighbour']}', 'w').write(hint)",
        "def double(x):\n    return 2 * x",
    )
    subject = write_notebook(
        tmp_path / "subject.ipynb",
        f"control = '{markers.control}'\nopen('notes.txt', 'w').write(control)",
        "def double(x):\n    return 3 * x",
        "def again(x):\n    return double(x) + 1",
    )
    monkeypatch.setenv("GRADER_TEST_SECRET", markers.words["environment"])
    forward = zmq_socket.Socket.send_multipart

    def send_multipart(self: Any, parts: Any, *rest: Any, **more: Any) -> Any:
        seen.messages += [bytes(part) for part in parts]
        return forward(self, parts, *rest, **more)

    class Watched(Session):
        def close(self) -> None:
            line = self._line
            if line is not None and self._notebook.cells[0].source.startswith("control"):
                pid = pid_of(line.kernel.pidfd)
                seen.memory = search(pid, {**markers.hidden(), "control": (markers.control.encode(),)})
                seen.folder = list(contents(pid))
                seen.kernels += 1
            super().close()

    monkeypatch.setattr(zmq_socket.Socket, "send_multipart", send_multipart)
    monkeypatch.setattr(grader.grade, "Session", Watched)
    results: list[SubmissionResult] = []
    with start_server(["numpy"], "auto") as server:
        sandbox = connect(server.address, "auto")
        serve(course, sandbox, [Job("neighbour", "neighbour.ipynb", neighbour)], results.append)
        seen.messages.clear()
        serve(course, sandbox, [Job("subject", "subject.ipynb", subject)], results.append)
        sandbox.close()
    return markers, seen, results[1]


def test_the_kernel_sees_no_secret(seen_by_the_kernel: tuple[Markers, Seen, SubmissionResult]) -> None:
    """The control is in memory, messages and folder; no marker is in any of them, though all of the rubric was used."""
    markers, seen, result = seen_by_the_kernel
    assert result.status == "graded", result.error
    assert [check.outcome for part in result.exercises for check in part.checks] == ["failed", "carried_forward"]
    assert seen.kernels == 1
    control = markers.control.encode()
    assert seen.memory.pop("control")
    assert any(control in part for part in seen.messages)
    assert any(control in part for part in seen.folder)
    assert [name for name, found in seen.memory.items() if found] == []
    everything = b"\n".join((*seen.messages, *seen.folder))
    assert [name for name, forms in markers.hidden().items() if any(form in everything for form in forms)] == []
