"""Hostile notebooks gain nothing and break nothing: each alone, and all of them among honest neighbours."""

import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import ordinary_user
import pytest
from attack_corpus import (
    ASSIGNMENTS,
    ATTACKS,
    BASE_OF,
    HERE,
    ROOT,
    TOKEN,
    Attack,
    Target,
    base_notebook,
    litter,
    running,
)

from grader.assignment import load
from grader.sandbox import launch
from grader.sandbox.launch import ServerHandle
from grader.verdict import Diagnosis, SubmissionResult
from grader.workers import pool as pool_module
from grader.workers.pool import Pool
from grader.workers.protocol import Work

LIMIT = Diagnosis(id="notebook.output-limit", title="Too much output", explanation="e", evidence="", hint="h")
PLANTED = re.compile("PLANTED-(?:rubric|stand-in|salt|solution|neighbour|token|home)")
"""Secrets that no attack may show. Titles and points are public after the grading."""
SERVERS_OWN = {"orders", "lock", "log"}

SLACK_S = 20.0
"""Seconds beside a submission's own that its grading may take: starting a conductor, TensorFlow, reading, writing."""
NEIGHBOUR_AFTER = 3
"""Attacks between two honest neighbours."""

Result = dict[str, Any]


def cases() -> list[Any]:
    """The attacks as parameters; those on TensorFlow are marked."""
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.tensorflow] if one.assignment != "tempting" else [])
        for one in ATTACKS
    ]


@dataclass
class Alone:
    """Grades one submission after another, by one conductor with a witness for each assignment."""

    server: ServerHandle
    target: Target
    folder: Path
    pools: dict[str, Pool]
    results: dict[str, Result]

    def grade(self, assignment: str, name: str, content: bytes) -> tuple[Result, str]:
        """The result of one submission, and what was heard from its kernel."""
        if assignment not in self.pools:
            course = load(ASSIGNMENTS[assignment])
            self.pools[assignment] = Pool(course, self.server.address, "auto", 1, explain=lambda: LIMIT)
        file = self.folder / f"{len(list(self.folder.glob('*.ipynb')))}.ipynb"
        file.write_bytes(content)
        began = time.monotonic()
        (done,) = self.pools[assignment].grade([Work(name, f"{name}.ipynb", os.fsencode(file))])
        assert time.monotonic() - began < load(ASSIGNMENTS[assignment]).limits.submission_s + SLACK_S
        heard = self.folder / f"{done.result.sha256}.json"
        return plain(done.result), "\n".join(json.loads(heard.read_text("utf-8"))) if heard.exists() else ""

    def base(self, base: str) -> Result:
        """The result of the answers that attacks are put on; graded once."""
        if base not in self.results:
            self.results[base], _ = self.grade(BASE_OF[base], base, base_notebook(base))
        return self.results[base]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """What attackers would like to reach."""
    with Target(tmp_path_factory.mktemp("target")) as target:
        yield target


@pytest.fixture(scope="module")
def alone(fork_server: ServerHandle, target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    """Nothing else is graded while an attack is."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:

        def interpreter(_: str, *arguments: str) -> list[str]:
            return [sys.executable, "-P", str(HERE / "witness_conductor.py"), *arguments, str(folder)]

        patch.setattr(pool_module, "interpreter", interpreter)
        patch.setenv("GRADER_TOKEN", TOKEN)
        grading = Alone(fork_server, target, folder, {}, {})
        yield grading
        for pool in grading.pools.values():
            pool.close()


def plain(result: SubmissionResult) -> Result:
    """A result as the JSON that is written of it."""
    written: Result = json.loads(msgspec.json.encode(result))
    return written


def ids(result: Result) -> list[str]:
    """The diagnoses of a result."""
    found = [*result["notebook"]["diagnoses"], *(one for part in result["exercises"] for one in part["diagnoses"])]
    return [one["id"] for one in found]


def judged(attack: Attack, result: Result) -> str:
    """Hold a result against what the attack's folder says; the result as text."""
    expect, said = attack.expect, json.dumps(result, ensure_ascii=False)
    assert result["status"] == expect.get("status", "graded"), said
    lost = expect.get("or_less", False) and result["score"] < expect["points"]
    assert lost or result["score"] == expect.get("points"), said
    assert all(words in said for words in expect.get("says", ())), said
    assert not expect.get("says_any") or any(words in said for words in expect["says_any"]), said
    assert not any(words in said for words in expect.get("never", ())), said
    assert not PLANTED.search(said)
    if "allowed" in expect:
        assert [one for one in ids(result) if not one.startswith(tuple(expect["allowed"]))] == [], said
    return said


@pytest.mark.parametrize("attack", cases())
def test_an_attack_alone_gains_nothing(attack: Attack, alone: Alone) -> None:
    """It ran; it has the points that the same notebook has without it; it got nothing, and nothing of it is left."""
    folders = len(set(alone.server.run_root.iterdir()))
    result, heard = alone.grade(
        attack.assignment, attack.name, attack.content(alone.target.describe(alone.server.pid, alone.server.run_root))
    )
    said = judged(attack, result)
    if attack.base and not {"spoils", "or_less"} & set(attack.expect):
        assert result["score"] == alone.base(attack.base)["score"]
    proofs = attack.expect.get("ran", ())
    assert [words for words in proofs if words not in heard] == [], heard or said
    assert not attack.expect.get("ran_any") or any(words in heard + said for words in attack.expect["ran_any"]), heard
    assert not any(words in heard for words in attack.expect.get("never", ())), heard
    assert not PLANTED.search(heard)
    assert alone.target.harm() == []
    assert litter() == []
    if "left" in attack.expect:
        assert running(attack.expect["left"]) == []
    assert len(set(alone.server.run_root.iterdir())) <= max(folders, len(SERVERS_OWN) + 2)
    assert alone.server.failure() is None


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.base], ids=lambda one: one.name)
def test_every_attack_proves_that_it_ran(attack: Attack) -> None:
    """Its folder says by what: an output, its own proof, or what the result says of it."""
    assert any(attack.expect.get(key) for key in ("ran", "ran_any", "says", "says_any"))
    assert attack.expect["family"] in FAMILIES


FAMILIES = ("forging", "reading", "reaching", "exhausting", "outliving", "killing", "poisoning", "reader")


def test_the_corpus_is_whole() -> None:
    """At least sixty attacks, of every family."""
    assert len(ATTACKS) >= 60
    assert {one.expect["family"] for one in ATTACKS} == set(FAMILIES)


# -- among neighbours --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """One run of the command over attacks and honest neighbours."""

    results: dict[str, Result]
    """By file."""
    neighbours: list[tuple[str, str]]
    """File and base of each honest neighbour, in order."""
    terminal: str
    summary: str
    junit: Path


def run_command(
    names: list[str], assignment: str, folder: Path, target: Target, prefix: tuple[str, ...]
) -> "subprocess.CompletedProcess[bytes]":
    """Run ``grade`` as CI would, as another user where ``prefix`` says so."""
    outputs = [folder / name for name in ("run.json", "junit.xml", "summary.md")]
    for output in outputs:
        output.touch()
    if prefix:
        for path in (folder, target.home, *outputs):
            os.chown(path, ordinary_user.USER, ordinary_user.USER)
    options = ["--json", "run.json", "--junit", "junit.xml", "--exit-zero", "--audience", "instructor"]
    options += ["--jobs", "2", "--assignment", str(ASSIGNMENTS[assignment]), "--", *names]
    return subprocess.run(
        [*prefix, sys.executable, "-P", "-m", "grader.cli.grade", *options],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(target.home),
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_TOKEN": TOKEN,
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        timeout=600,
        check=False,
    )


def batch(attacks: list[Attack], assignment: str, bases: list[str], folder: Path, prefix: tuple[str, ...]) -> Batch:
    """Grade all these in one run, with honest neighbours among them."""
    handed_in = folder / "in"
    handed_in.mkdir()
    neighbours = [
        (f"in/honest-{number}.ipynb", bases[number // NEIGHBOUR_AFTER % len(bases)])
        for number in range(0, len(attacks), NEIGHBOUR_AFTER)
    ]
    # The server is one that attackers know of, beside the run's own.
    with Target(folder / "target") as target, launch.start_server(["numpy"], "auto") as server:
        known = target.describe(server.pid, server.run_root)
        names: list[str] = []
        for number, attack in enumerate(attacks):
            if number % NEIGHBOUR_AFTER == 0:
                names.append(neighbours[number // NEIGHBOUR_AFTER][0])
                (folder / names[-1]).write_bytes(base_notebook(neighbours[number // NEIGHBOUR_AFTER][1]))
            names.append(f"in/{attack.file_name}")
            (folder / names[-1]).write_bytes(attack.content(known))
        done = run_command(names, assignment, folder, target, prefix)
        assert server.failure() is None
        assert target.harm() == []
    assert done.returncode in (0, 3), done.stderr.decode(errors="replace")[-3000:]
    written = (folder / "run.json").read_text("utf-8")
    assert written, (done.returncode, done.stderr.decode(errors="replace")[-3000:])
    document = json.loads(written)
    results = dict(zip(names, document["submissions"], strict=True))
    terminal = (done.stdout + done.stderr).decode("utf-8")
    return Batch(results, neighbours, terminal, (folder / "summary.md").read_text("utf-8"), folder / "junit.xml")


@pytest.fixture(scope="module", params=["whoever runs the tests", "an ordinary user"])
def tempting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """All attacks on the small assignment in one run."""
    folder = tmp_path_factory.mktemp("batch")
    prefix: tuple[str, ...] = ()
    if request.param == "an ordinary user":
        if os.getuid() != 0:
            pytest.skip("only root can become another user; the other run is one of an ordinary user already")
        for above in (folder, *folder.parents):
            if above.name.startswith("pytest-"):
                above.chmod(0o711)
        folder.chmod(0o755)
        become = ordinary_user.prefix(
            [Path(sys.executable), Path(sys.executable).resolve(), Path(os.__file__), HERE / "course", folder / "in"]
        )
        if become is None:
            pytest.skip("another user cannot reach this interpreter, and no mount namespace can be had here")
        prefix = become
    attacks = [one for one in ATTACKS if one.assignment == "tempting"]
    return batch(attacks, "tempting", ["right", "wrong", "leaning"], folder, prefix)


@pytest.fixture(scope="module", params=["digits", "softmax"])
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """All attacks on one assignment with TensorFlow in one run."""
    attacks = [one for one in ATTACKS if one.assignment == request.param]
    return batch(attacks, request.param, [f"{request.param}-wrong"], tmp_path_factory.mktemp(request.param), ())


def essence(result: Result) -> Result:
    """What must not differ between two gradings of the same notebook: all but times, usage and the name."""
    exercises = [
        {**part, "checks": [{**check, "duration_s": 0} for check in part["checks"]]} for part in result["exercises"]
    ]
    kept = {key: result[key] for key in ("status", "error", "score", "max_score", "notebook", "notes", "seed")}
    return {**kept, "exercises": exercises}


def compare(run: Batch, alone: Alone) -> None:
    """Every attack of a run has what it has alone, every neighbour exactly what it has alone."""
    for attack in ATTACKS:
        if f"in/{attack.file_name}" in run.results:
            judged(attack, run.results[f"in/{attack.file_name}"])
    for file, base in run.neighbours:
        assert essence(run.results[file]) == essence(alone.base(base))
    assert litter() == []
    for attack in ATTACKS:
        if "left" in attack.expect:
            assert running(attack.expect["left"]) == []


def test_attacks_change_no_grade_of_their_neighbours(tempting: Batch, alone: Alone) -> None:
    """All attacks in one run, as root and as an ordinary user: no points gained, no honest grade changed, nothing left."""
    compare(tempting, alone)


@pytest.mark.tensorflow
def test_attacks_on_models_change_no_grade_of_their_neighbours(models: Batch, alone: Alone) -> None:
    """The same for models that lie."""
    compare(models, alone)


def test_no_report_carries_an_attack(tempting: Batch) -> None:
    """No escape sequence, no command of the student's, no markup that acts; every report can be read."""
    terminal, summary = tempting.terminal, tempting.summary
    for text in (terminal, summary):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
        assert not PLANTED.search(text)
    commands = re.findall(r"^(?:::|##\[|##vso).*", terminal, flags=re.MULTILINE)
    assert [line for line in commands if not re.match(r"::(?:error|warning|notice) .*title=", line)] == []
    assert not re.search(r"<script|<img|<b>attack|<details open|\]\((?:javascript|http)", summary, flags=re.IGNORECASE)
    suites = ET.parse(tempting.junit).getroot()
    assert len(list(suites.iter("testsuite"))) >= len(tempting.results)
    assert not any(case.get("name") == "attack" for case in suites.iter("testcase"))
