"""Kill the grader at a hundred random moments, and look for what it leaves.

    python -P tests/sandbox/hundred_kills.py [KILLS] [SEED]

Every second time the fork server is killed together with the grader, every third time it is killed alone first. Where
the server was killed too, the next start sweeps a folder that nobody was left to remove; so this does. Ends with status
1, and says what was left, if anything was.
"""

import contextlib
import fcntl
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # ``-P`` leaves it out, and the helpers lie beside this file

from sandbox_lab import await_end, processes_of
from sandbox_victim import VICTIM

from grader.sandbox import launch

LONGEST_S = 2.0


def kill_once(base: Path, after_s: float, *, server_too: bool, server_first: bool) -> list[str]:
    """Start a grader, kill it after a while; return what is left."""
    victim = subprocess.Popen([sys.executable, "-P", VICTIM, str(base), "any"], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    victim.stdout.readline()
    select.select([], [], [], after_s)
    alive = processes_of(f'"run_root": "{base}')
    if alive and server_first:
        os.kill(min(alive), signal.SIGKILL)
    victim.send_signal(signal.SIGKILL)
    if alive and server_too and not server_first:
        os.kill(min(alive), signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    left = [f"process {pid}" for pid in await_end(alive)]
    left += [f"process {pid}" for pid in await_end(processes_of(str(base)))]
    if server_too or server_first:
        await_last_holder(base)
        launch.sweep(base)
    return left + [f"folder {path.name}: {[one.name for one in path.iterdir()]}" for path in base.iterdir()]


def await_last_holder(base: Path) -> None:
    """Wait until no process holds the lock of a run: one that is ending has no command line to be found by."""
    for lock in base.glob("*/lock"):
        with contextlib.suppress(FileNotFoundError), lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)


def main() -> int:
    """Kill as often as asked."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    moments = random.Random(seed)
    failures = 0
    for number in range(kills):
        base = Path(tempfile.mkdtemp(prefix="g", dir=launch.run_base()))
        after_s = moments.uniform(0, LONGEST_S)
        left = kill_once(base, after_s, server_too=number % 2 == 1, server_first=number % 3 == 2)
        who = "grader and server" if number % 2 == 1 else "server, then grader" if number % 3 == 2 else "grader"
        sys.stdout.write(f"{number + 1:4d}  {after_s:5.3f} s  {who}: {'; '.join(left) or 'nothing left'}\n")
        sys.stdout.flush()
        failures += bool(left)
        if not left:
            base.rmdir()
    sys.stdout.write(f"{kills} kills, {failures} left something behind\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
