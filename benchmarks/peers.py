"""The other graders: installed from the registry, given the same work, and checked to have given every point."""

import contextlib
import json
import site
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import workload
from timing import Command, Timed, timed

COPIES = 2
"""Submissions that another grader is given in one job."""


def install(peer: str, folder: Path) -> Path:
    """An environment with another grader in it, sharing this one's packages; returns its folder of commands."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    shared = f"{site.getsitepackages()[0]}\n"
    (next(folder.glob("lib/python*/site-packages")) / "shared.pth").write_text(shared)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", peer], check=True, stderr=subprocess.DEVNULL)
    return folder / "bin"


def nbgrader(work: Path, commands: Path, jobs: int) -> Timed:
    """Time nbgrader over a course of a few submissions; it has no jobs of its own, so two are two courses at once."""
    program = str(commands / "nbgrader")
    folders = [work / f"nbgrader-{time.monotonic_ns()}" for _ in range(jobs)]
    for folder in folders:
        workload.write_nbgrader_course(folder, COPIES)
        timed(Command([program, "generate_assignment", "ps1", "--create"], folder))
    spent = timed(*(Command([program, "autograde", "ps1", "--create"], folder) for folder in folders))
    for folder in folders:
        with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as gradebook:
            points = [row[0] for row in gradebook.execute("SELECT auto_score FROM grade")]
        if points != [1.0] * (COPIES * len(workload.ASSERTIONS)):
            sys.exit(f"nbgrader did not give every point: {points}")
    return spent


def otter(work: Path, commands: Path, jobs: int) -> Timed:
    """Time otter-grader over a few submissions, one command each; with two jobs two commands at a time."""
    spent = []
    for number in range(COPIES):
        folders = [work / f"otter-{number}-{time.monotonic_ns()}" for _ in range(jobs)]
        calls = []
        for folder in folders:
            (notebook,) = workload.write_copies(folder / "copy", 1).iterdir()
            archive = workload.write_otter_zip(folder)
            arguments = ["run", str(notebook), "-a", str(archive), "-o", str(folder)]
            calls.append(Command([str(commands / "otter"), *arguments], folder))
        spent.append(timed(*calls))
        for folder in folders:
            tests = json.loads((folder / "results.json").read_text())["tests"]
            if sum(test.get("score", 0) for test in tests) != len(workload.ASSERTIONS):
                sys.exit(f"otter-grader did not give every point: {tests}")
    wall, cpu = sum(one.wall_s for one in spent), sum(one.cpu_s for one in spent)
    return Timed(wall, cpu, max(one.peak_bytes for one in spent))


PEERS = {"nbgrader": nbgrader, "otter-grader": otter}
"""By the name in the registry: what times one of them over ``jobs`` times ``COPIES`` submissions."""
