"""The limits of grading, each as five facts: unit, what is counted, default, what happens at the edge, what is not covered."""

from dataclasses import dataclass

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits one assignment sets (``[limits]`` in assignment.toml); the facts of each are in ``FACTS``."""

    cell_s: float = 60.0
    call_s: float = 10.0
    submission_s: float = 300.0
    cpu_s: float = 600.0
    memory_mib: int = 2048
    processes: int = 128
    open_files: int = 512
    file_mib: int = 64
    scratch_mib: int = 128
    cell_output_kib: int = 1024
    output_kib: int = 4096
    value_mib: int = 32
    notebook_mib: int = 32
    cells: int = 2000
    source_kib: int = 2048
    callbacks: int = 2000


@dataclass(frozen=True, slots=True)
class Facts:
    """The five facts of one limit."""

    name: str
    unit: str
    counted: str
    at_the_edge: str
    not_covered: str


FACTS: tuple[Facts, ...] = (
    Facts(
        "cell_s",
        "seconds of wall time",
        "one code cell, from its start to its end",
        "the cell is interrupted; if it does not yield within 1 s the kernel is killed; the notebook is run once more without it and the diagnosis is `notebook.timeout`",
        "time spent starting the kernel; threads the cell left running",
    ),
    Facts(
        "call_s",
        "seconds of wall time",
        "one question to the student's code",
        "the call is interrupted, the check is `timed_out`; if it does not yield within 1 s the kernel is replaced once",
        "the sum over all questions (see submission_s)",
    ),
    Facts(
        "submission_s",
        "seconds of wall time",
        "everything from the kernel's start to the last answer",
        "what was decided stays decided; every other check is `timed_out`",
        "reading the file and writing the report",
    ),
    Facts(
        "cpu_s",
        "seconds of processor time",
        "the kernel process, all its threads",
        "the kernel is stopped: `notebook.kernel-died` with the reason in words",
        "its child processes, each of which has the same limit of its own",
    ),
    Facts(
        "memory_mib",
        "MiB above what the kernel starts with",
        "private writable memory of the kernel process; by the watcher, of all its processes together",
        "an allocation fails with MemoryError in the student's own cell; an eighth past it the process tree is killed: `notebook.out-of-memory`",
        "file pages of shared libraries; memory shared with the fork server",
    ),
    Facts(
        "processes",
        "processes and threads",
        "all of the kernel's user, threads included",
        "fork fails with BlockingIOError in the student's cell",
        "the grader's own processes",
    ),
    Facts(
        "open_files",
        "file descriptors",
        "each process",
        "open fails with OSError in the student's cell",
        "descriptors of other processes",
    ),
    Facts("file_mib", "MiB", "each file written", "the write fails with OSError in the student's cell", "files read"),
    Facts(
        "scratch_mib",
        "MiB",
        "everything in the kernel's own folder, /tmp and /dev/shm, each",
        "the write fails with OSError (no space left)",
        "without a mount namespace only file_mib holds",
    ),
    Facts(
        "cell_output_kib",
        "KiB",
        "everything one cell prints or displays",
        "the cell is interrupted and the rest is dropped",
        "text written to files",
    ),
    Facts(
        "output_kib", "KiB", "everything all cells print or display", "later output is dropped", "text written to files"
    ),
    Facts(
        "value_mib",
        "MiB",
        "the raw bytes of one value that a call returns",
        "the value is refused: the check fails as `wrong-shape` or `raises`",
        "what the student's code keeps for itself",
    ),
    Facts("notebook_mib", "MiB", "the submitted file", "status `unreadable`", "files beside it, which are never read"),
    Facts("cells", "cells", "all cells of the notebook", "status `unreadable`", "their length (see source_kib)"),
    Facts("source_kib", "KiB", "the text of all code cells", "status `unreadable`", "outputs and other cells' text"),
    Facts(
        "callbacks",
        "calls",
        "calls of stand-ins from the student's code in one retried check",
        "the stand-in raises in the student's code",
        "calls between the student's own functions",
    ),
)
