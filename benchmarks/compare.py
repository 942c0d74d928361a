"""Time this grader beside otter-grader and nbgrader: the same notebook, the same six assertions, in turns.

    python benchmarks/compare.py [--rounds 3] [--copies 20] [--without-peers] [--output docs/benchmark.md]

Peers are installed from the registry into environments of their own, which share this environment's TensorFlow. Everything is timed as
whole commands; a warm submission's time is the difference between a run over one and a run over many, divided.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import site
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import workload

HERE = Path(__file__).parent
PEERS = {"nbgrader": "nbgrader", "otter": "otter-grader"}
GRADE = Path(sys.executable).with_name("grade")


@dataclass(frozen=True, slots=True)
class Timed:
    """One whole command: wall and processor seconds."""

    wall_s: float
    cpu_s: float


def timed(command: list[str], cwd: Path) -> Timed:
    """Run a command to its end. Raises CalledProcessError, with its output, where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return Timed(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def install(peer: str, folder: Path) -> Path:
    """An environment with a peer in it, sharing this one's packages; returns its folder of commands."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    shared = f"{site.getsitepackages()[0]}\n"
    (next(folder.glob("lib/python*/site-packages")) / "shared.pth").write_text(shared)
    subprocess.run(
        [str(folder / "bin" / "pip"), "install", "--quiet", PEERS[peer]], check=True, stderr=subprocess.DEVNULL
    )
    return folder / "bin"


class Bench:
    """All measurements of one round, in turns."""

    def __init__(self, work: Path, copies: int, peers: dict[str, Path]) -> None:
        self.work, self.copies, self.peers = work, copies, peers
        for name, cells in (("assignment", workload.CELLS), ("plain", workload.PLAIN_CELLS)):
            shutil.copytree(HERE / name, work / name)
            # The template is what students start from: everything but the answers.
            (work / name / "bench.ipynb").write_text(json.dumps(workload.notebook(cells[:1])))
        self.one = workload.write_copies(work / "one", 1)
        self.many = workload.write_copies(work / "many", copies + 1)
        self.plain_one = workload.write_copies(work / "plain-one", 1, workload.PLAIN_CELLS)
        self.plain_many = workload.write_copies(work / "plain-many", copies + 1, workload.PLAIN_CELLS)

    def grade(self, folder: Path, assignment: str, jobs: int = 1) -> tuple[Timed, list[dict[str, object]]]:
        """Grade a folder; the time, and the submissions of the document."""
        document = self.work / "run.json"
        options = ["--assignment", str(self.work / assignment), "--jobs", str(jobs), "--json", str(document), "--quiet"]
        time_ = timed([str(GRADE), str(folder), *options], self.work)
        submissions: list[dict[str, object]] = json.loads(document.read_text())["submissions"]
        if any(item["score"] != item["max_score"] for item in submissions):
            sys.exit(f"a right submission lost points in {folder}")
        return time_, submissions

    def round(self) -> dict[str, float]:
        """Every figure of one round, in seconds or bytes."""
        floor = json.loads(self._floor())
        figures = {"import": floor["import_s"], "floor": statistics.median(floor["wall_s"])}
        figures["floor cpu"] = statistics.median(floor["cpu_s"])
        cold, _ = self.grade(self.one, "assignment")
        many, submissions = self.grade(self.many, "assignment")
        two, _ = self.grade(self.many, "assignment", jobs=2)
        plain_cold, _ = self.grade(self.plain_one, "plain")
        plain_many, _ = self.grade(self.plain_many, "plain")
        figures |= {
            "cold": cold.wall_s,
            "warm": (many.wall_s - cold.wall_s) / self.copies,
            "warm cpu": (many.cpu_s - cold.cpu_s) / self.copies,
            "plain warm": (plain_many.wall_s - plain_cold.wall_s) / self.copies,
            "jobs 1": many.wall_s,
            "jobs 2": two.wall_s,
            "memory": max(_memory(item) for item in submissions),
            "help": timed([str(GRADE), "--help"], self.work).wall_s,
        }
        for peer in self.peers:
            figures[peer] = self._peer(peer)
        return figures

    def _floor(self) -> str:
        command = [sys.executable, str(HERE / "floor.py"), str(self.copies)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]

    def _peer(self, peer: str) -> float:
        """Wall seconds a submission of a peer's: a run over three submissions, divided by three."""
        folder = self.work / f"{peer}-{time.monotonic_ns()}"
        commands = self.peers[peer]
        if peer == "nbgrader":
            workload.write_nbgrader_course(folder, 3)
            timed([str(commands / "nbgrader"), "generate_assignment", "ps1", "--create"], folder)
            return timed([str(commands / "nbgrader"), "autograde", "ps1", "--create"], folder).wall_s / 3
        folder.mkdir()
        archive = workload.write_otter_zip(folder)
        copies = workload.write_copies(folder / "copies", 3)
        total = 0.0
        for notebook in sorted(copies.iterdir()):
            total += timed(
                [str(commands / "otter"), "run", str(notebook), "-a", str(archive), "-o", str(folder)], folder
            ).wall_s
        return total / 3


def _memory(submission: dict[str, object]) -> float:
    resources = submission["resources"]
    assert isinstance(resources, dict)
    return float(resources["peak_memory_bytes"])


def table(figures: list[dict[str, float]], copies: int) -> str:
    """The report, as Markdown: medians over the rounds."""
    median = {key: statistics.median(item[key] for item in figures) for key in figures[0]}
    overhead = median["warm"] - median["floor"]
    peers = [name for name in PEERS if name in median]
    system = f"{os.cpu_count()} processors, {platform.system()} {platform.release()}"
    machine = f"{system}, Python {platform.python_version()}, TensorFlow {version('tensorflow')}"
    lines = [
        "# Benchmark",
        "",
        f"Made by `python benchmarks/compare.py`: medians of {len(figures)} rounds, {copies} warm submissions each.",
        f"Machine: {machine}. Absolute times move with the machine; ratios do less.",
        "",
        "| what | this grader | reach |",
        "| --- | --- | --- |",
        f"| floor: the same cells in a forked child | {median['floor']:.2f} s wall, {median['floor cpu']:.2f} s CPU | |",
        f"| warm submission | {median['warm']:.2f} s wall, {median['warm cpu']:.2f} s CPU | |",
        f"| overhead above the floor, warm | {overhead:.2f} s | 0.4 s |",
        f"| warm submission without TensorFlow | {median['plain warm']:.2f} s | 0.3 s |",
        f"| one submission from cold | {median['cold']:.1f} s | import {median['import']:.1f} s + floor + 1.5 s = {median['import'] + median['floor'] + 1.5:.1f} s |",
        f"| private memory of one more TensorFlow kernel | {median['memory'] / 2**20:.0f} MiB | 150 MB |",
        f"| {copies + 1} submissions, 2 jobs / 1 job | {median['jobs 2'] / median['jobs 1']:.2f} | 0.6 |",
        f"| throughput, 1 job and 2 jobs | {60 * (copies + 1) / median['jobs 1']:.0f} and {60 * (copies + 1) / median['jobs 2']:.0f} a minute | |",
        f"| `grade --help` | {median['help']:.2f} s | 0.3 s |",
    ]
    if peers:
        lines += [
            "",
            "| grader | wall time a submission | above the floor | times our overhead |",
            "| --- | --- | --- | --- |",
        ]
        for name in peers:
            above = median[name] - median["floor"]
            lines.append(f"| {PEERS[name]} | {median[name]:.1f} s | {above:.1f} s | {above / overhead:.0f} |")
        lines.append(f"| this grader, warm | {median['warm']:.2f} s | {overhead:.2f} s | 1 |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        peers = {} if options.without_peers else {peer: install(peer, work / f"env-{peer}") for peer in PEERS}
        bench = Bench(work, options.copies, peers)
        figures = []
        for number in range(options.rounds):
            figures.append(bench.round())
            print(number + 1, json.dumps(figures[-1]), file=sys.stderr)
    report = table(figures, options.copies)
    print(report)
    if options.output:
        options.output.write_text(report)


if __name__ == "__main__":
    main()
