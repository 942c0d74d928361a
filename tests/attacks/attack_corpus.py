"""The corpus of attacks: a folder with ``expect.toml`` and, but for files that are no notebooks, ``attack.cells``.

``attack.cells`` holds the attack's code cells, parted by lines ``# %%``; they are put behind the answers of a base
(``bases/``). A notebook whose cells speak of ``TARGET`` or ``attempt`` gets one cell more, in front: what an attacker
who knows the machine by heart would know of it, and a function that tries something and prints ``GOT`` or ``STOPPED``.

``expect.toml``: ``family``, ``aims``, ``base``, ``assignment`` (tempting, if left out), ``points``, ``status`` (graded),
``ran`` and ``ran_any`` (what its cells' outputs, or its function ``proof()`` when asked at the end, must hold: the attack
itself ran), ``says`` and ``says_any`` (the same for the result), ``never`` (what none of them may hold), ``allowed``
(beginnings of diagnosis ids; left out: anything), ``left`` (a command line that must not be left running), ``spoils``
(why it has not the base's points), ``or_less`` (it may lose points, by chance), ``safe`` (its texts must be harmless in every report), ``file_name``, ``metadata``
(JSON), and ``grown`` (instead of cells: ``head``, ``repeated``, ``times``, ``tail`` of the file).
"""

import json
import os
import select
import socket
import subprocess
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ASSIGNMENTS = {"tempting": HERE / "course", **{name: ROOT / "assignments" / name for name in ("digits", "softmax")}}
BASES = {path.stem: path for path in sorted((HERE / "bases").glob("*.cells"))}
BASE_OF = {name: next((one for one in ("digits", "softmax") if name.startswith(one)), "tempting") for name in BASES}
TOKEN = "PLANTED-token"

PREFACE = '''\
TARGET = {target!r}

def attempt(name, do):
    """Try something; say what came of it."""
    try:
        print("GOT", name + ":", repr(do())[:200])
    except BaseException as problem:
        print("STOPPED", name + ":", type(problem).__name__)
'''


def cells_of(path: Path) -> list[str]:
    """The code cells of a file."""
    return [cell.strip("\n") for cell in path.read_text(encoding="utf-8").split("# %%\n")]


def notebook(sources: list[str], metadata: dict[str, Any]) -> bytes:
    """A notebook file with these code cells."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "source": one, "metadata": {}, "outputs": [], "execution_count": None}
        for n, one in enumerate(sources)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}).encode()


def base_notebook(base: str) -> bytes:
    """The answers that attacks are put on, by themselves."""
    return notebook(cells_of(BASES[base]), {"grader": {"assignment": BASE_OF[base]}})


@dataclass(frozen=True)
class Attack:
    """One attack of the corpus."""

    name: str
    expect: dict[str, Any] = field(repr=False)

    @property
    def assignment(self) -> str:
        """The id of the assignment it is submitted to."""
        named: str = self.expect.get("assignment", "tempting")
        return named

    @property
    def base(self) -> str:
        """The answers it is put on; empty for a file of its own."""
        named: str = self.expect.get("base", "")
        return named

    @property
    def file_name(self) -> str:
        """The name it is handed in under."""
        named: str = self.expect.get("file_name", f"{self.name}.ipynb")
        return named

    @cached_property
    def cells(self) -> list[str]:
        """The attack's own cells."""
        path = HERE / self.name / "attack.cells"
        return cells_of(path) if path.exists() else []

    def content(self, target: dict[str, Any]) -> bytes:
        """The file that is handed in."""
        if grown := self.expect.get("grown"):
            return f"{grown['head']}{grown['repeated'] * grown['times']}{grown['tail']}".encode()
        informed = any(word in cell for cell in self.cells for word in ("TARGET", "attempt("))
        sources = [PREFACE.format(target=target)] if informed else []
        metadata = json.loads(self.expect.get("metadata", "{}"))
        return notebook(
            [*sources, *cells_of(BASES[self.base]), *self.cells],
            {"grader": {"assignment": self.assignment}, **metadata},
        )


ATTACKS = [
    Attack(path.parent.name, tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted(HERE.glob("*/expect.toml"))
]


class Target:
    """What attackers would like to reach, outside the sandbox: secrets, listeners, a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        (self.home / ".netrc").write_text("PLANTED-home")
        self.solution = folder / "solutions" / "reference.ipynb"
        self.solution.parent.mkdir()
        self.solution.write_text("PLANTED-solution")
        self.neighbour = folder / "neighbour.ipynb"
        self.neighbour.write_text("PLANTED-neighbour")
        self.victim = subprocess.Popen(["sleep", "600"])
        self._sockets: list[socket.socket] = []
        self._names: dict[str, Any] = {
            "tcp": self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)).getsockname()[1],
            "udp": self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)).getsockname()[1],
            "abstract": f"attacks {folder}",
            "path": str(folder / "service"),
            "datagrams": str(folder / "log"),
        }
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, self._names["path"])
        self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, self._names["datagrams"])
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self._names["abstract"])

    def _listen(self, family: int, kind: int, address: Any) -> socket.socket:
        listener = socket.socket(family, kind)
        self._sockets.append(listener)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        return listener

    def describe(self, server: int, run_root: Path) -> dict[str, Any]:
        """All that a name or a number can say about it, the fork server and the grader."""
        course, package = ASSIGNMENTS["tempting"], ROOT / "grader"
        paths = {
            "rubric": course / "rubric" / "test_tempting.py",
            "stand_ins": course / "rubric" / "stand_ins.py",
            "config": course / "assignment.toml",
            "solution": self.solution,
            "neighbour": self.neighbour,
            "home": self.home,
            "secret": self.home / ".netrc",
            "package": package,
            "run_root": run_root,
            "orders": run_root / "orders",
        }
        numbers = {"grader": os.getpid(), "server": server, "victim": self.victim.pid, "token": TOKEN}
        return {**{name: str(path) for name, path in paths.items()}, **numbers, **self._names}

    def harm(self) -> list[str]:
        """What attacks have done here."""
        found = []
        if self.victim.poll() is not None:
            found.append("the victim was killed")
        if select.select(self._sockets, [], [], 0)[0]:
            found.append("a listener was reached")
        texts = {self.solution: "solution", self.neighbour: "neighbour", self.home / ".netrc": "home"}
        found += [f"{path} was changed" for path, word in texts.items() if path.read_text() != f"PLANTED-{word}"]
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is not a file."""
        self.victim.kill()
        self.victim.wait()
        for listener in self._sockets:
            listener.close()


def litter() -> list[str]:
    """What attacks left where they could have written: files by their telling names."""
    places = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.home(), Path.cwd(), ROOT, ASSIGNMENTS["tempting"]]
    return sorted({str(path) for place in places if place.is_dir() for path in place.glob("attack-litter*")})


def running(words: list[str]) -> list[str]:
    """The living processes whose command line holds all these words."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if all(word in line for word in words):
                found.append(f"{folder.name}: {line[:200]!r}")
    return found
