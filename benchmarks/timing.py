"""Time whole commands, one or several at once, by the operating system's own account of each."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Timed:
    """Wall and processor seconds, and the memory of the largest process in bytes."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and in which folder."""

    arguments: list[str]
    cwd: Path


def timed(*commands: Command) -> Timed:
    """Run commands at the same time, until the last one's end. Where one fails, end the benchmark with its output."""
    began = time.perf_counter()
    started = [_start(command) for command in commands]
    cpu, peak = 0.0, 0
    for process, output in started:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss * 1024)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{process.args!r} ended with {process.returncode}:\n{output.read()[-4000:]}")
        output.close()
    return Timed(time.perf_counter() - began, cpu, peak)


def _start(command: Command) -> tuple["subprocess.Popen[str]", IO[str]]:
    """Start a command with the folder it lies in first on the path, as an activated environment has it."""
    path = f"{Path(command.arguments[0]).parent}{os.pathsep}{os.environ['PATH']}"
    output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed when the command has ended
    process = subprocess.Popen(
        command.arguments,
        cwd=command.cwd,
        env=os.environ | {"PATH": path},
        text=True,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    return process, output
