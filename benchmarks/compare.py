"""Time this grader beside otter-grader and nbgrader: the same notebook, the same six assertions, in turns.

    python benchmarks/compare.py [--rounds 3] [--copies 20] [--without-peers] [--output docs/benchmark.md]

Peers are installed from the registry into environments of their own, which share this environment's TensorFlow. Everything is timed as
whole commands; a warm submission's time is the difference between a run over one and a run over many, divided.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import workload
from peers import COPIES, PEERS, install
from timing import Command, Timed, timed

HERE = Path(__file__).parent
GRADE = Path(sys.executable).with_name("grade")


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

    def grade(
        self, folder: Path, assignment: str, jobs: int = 1, sandbox: str = "auto"
    ) -> tuple[Timed, list[dict[str, object]]]:
        """Grade a folder; the time, and the submissions of the document."""
        document = self.work / "run.json"
        options = ["--assignment", str(self.work / assignment), "--jobs", str(jobs), "--json", str(document), "--quiet"]
        options += ["--sandbox", sandbox]
        spent = timed(Command([str(GRADE), str(folder), *options], self.work))
        submissions: list[dict[str, object]] = json.loads(document.read_text())["submissions"]
        if any(item["score"] != item["max_score"] for item in submissions):
            sys.exit(f"a right submission lost points in {folder}")
        return spent, submissions

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
        open_cold, _ = self.grade(self.plain_one, "plain", sandbox="off")
        open_many, _ = self.grade(self.plain_many, "plain", sandbox="off")
        confined = (plain_many.wall_s - plain_cold.wall_s) - (open_many.wall_s - open_cold.wall_s)
        confined_cpu = (plain_many.cpu_s - plain_cold.cpu_s) - (open_many.cpu_s - open_cold.cpu_s)
        figures |= {
            "cold": cold.wall_s,
            "warm": (many.wall_s - cold.wall_s) / self.copies,
            "warm cpu": (many.cpu_s - cold.cpu_s) / self.copies,
            "plain warm": (plain_many.wall_s - plain_cold.wall_s) / self.copies,
            "confined": confined / self.copies,
            "confined cpu": confined_cpu / self.copies,
            "jobs 1": many.wall_s,
            "jobs 2": two.wall_s,
            "private": max(_private_memory(item) for item in submissions),
            "largest": many.peak_bytes,
            "help": timed(Command([str(GRADE), "--help"], self.work)).wall_s,
        }
        for name, commands in self.peers.items():
            for jobs in (1, 2):
                spent, count = PEERS[name](self.work, commands, jobs), COPIES * jobs
                figures |= {f"{name} {jobs}": spent.wall_s / count, f"{name} largest": spent.peak_bytes}
                figures[f"{name} cpu"] = spent.cpu_s / count
        return figures

    def _floor(self) -> str:
        command = [sys.executable, str(HERE / "floor.py"), str(self.copies)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def _private_memory(submission: dict[str, object]) -> float:
    resources = submission["resources"]
    assert isinstance(resources, dict)
    return float(resources["peak_memory_bytes"])


def table(figures: list[dict[str, float]], copies: int) -> str:
    """The report, as Markdown: medians over the rounds."""
    median = {key: statistics.median(item[key] for item in figures) for key in figures[0]}
    overhead = median["warm"] - median["floor"]
    rounds = "one round" if len(figures) == 1 else f"medians of {len(figures)} rounds"
    two_jobs = (median["jobs 2"] - median["cold"]) / copies
    cold_reach = median["import"] + median["floor"] + 1.5
    system = f"{os.cpu_count()} processors, {platform.system()} {platform.release()}"
    machine = f"{system}, Python {platform.python_version()}, TensorFlow {version('tensorflow')}"
    lines = [
        "# Benchmark",
        "",
        f"Made by `python benchmarks/compare.py`: {rounds}, {copies} warm submissions each.",
        f"Machine: {machine}. Absolute times move with the machine; ratios do less.",
        "",
        "| what | this grader | reach |",
        "| --- | --- | --- |",
        f"| floor: the same cells in a forked child | {median['floor']:.2f} s wall, {median['floor cpu']:.2f} s CPU | |",
        f"| warm submission | {median['warm']:.2f} s wall, {median['warm cpu']:.2f} s CPU | |",
        f"| overhead above the floor, warm | {overhead:.2f} s | 0.4 s |",
        f"| warm submission without TensorFlow | {median['plain warm']:.2f} s | 0.3 s |",
        f"| confinement of a kernel | {1000 * median['confined']:.0f} ms wall, {1000 * median['confined cpu']:.0f} ms CPU | 60 ms |",
        f"| one submission from cold | {median['cold']:.1f} s | import {median['import']:.1f} s + floor + 1.5 s = {cold_reach:.1f} s |",
        f"| private memory of one more TensorFlow kernel | {median['private'] / 2**20:.0f} MiB | 150 MB |",
        f"| {copies} warm submissions, 2 jobs / 1 job | {two_jobs / median['warm']:.2f} | 0.6 |",
        f"| {copies + 1} submissions from cold, 2 jobs / 1 job | {median['jobs 2'] / median['jobs 1']:.2f} | |",
        f"| `grade --help` | {median['help']:.2f} s | 0.3 s |",
    ]
    graders = [
        (
            "this grader, warm",
            {
                "1": median["warm"],
                "2": two_jobs,
                "cpu": median["warm cpu"],
                "largest": median["largest"],
            },
        )
    ]
    graders += [
        (name, {key: median[f"{name} {key}"] for key in ("1", "2", "cpu", "largest")})
        for name in PEERS
        if f"{name} 1" in median
    ]
    lines += [
        "",
        "Time is for each submission: of ours the warm ones, of the others all of a run.",
        "",
        "| grader | wall | CPU | above the floor | times our overhead | largest process | a minute, 1 job | a minute, 2 jobs |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, own in graders:
        above = own["1"] - median["floor"]
        cells = [name, f"{own['1']:.2f} s", f"{own['cpu']:.2f} s", f"{above:.2f} s", f"{above / overhead:.0f}"]
        cells += [f"{own['largest'] / 2**20:.0f} MiB", f"{60 / own['1']:.1f}", f"{60 / own['2']:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
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
