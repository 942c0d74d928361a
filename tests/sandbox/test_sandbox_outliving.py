"""Nothing outlives the grader, whenever and however it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_lab import Lab, await_end, processes_of
from sandbox_victim import MOMENTS, VICTIM

from grader.sandbox import launch
from grader.sandbox.layers import Confinement


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder for runs, short enough for the paths of sockets."""
    folder = launch.run_base() / f"g{os.getpid()}"
    folder.mkdir()
    yield folder
    for left in folder.iterdir():
        left.rmdir()
    folder.rmdir()


@pytest.mark.parametrize("moment", MOMENTS)
def test_killing_the_grader_leaves_nothing(base: Path, moment: str) -> None:
    """The grader is killed with SIGKILL at this moment: no process and no folder is left."""
    victim = subprocess.Popen([sys.executable, "-P", VICTIM, str(base), moment], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == "now"
    alive = processes_of(str(base))
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    assert await_end(alive) == []
    assert await_end(processes_of(str(base))) == []
    assert list(base.iterdir()) == []


@pytest.mark.parametrize("confinement", [Confinement(), Confinement.only("landlock", "seccomp"), Confinement.nothing()])
def test_killing_the_server_leaves_nothing(base: Path, confinement: Confinement) -> None:
    """The fork server is killed with SIGKILL: its kernels end, with what they started, and the folder of the run goes."""
    with (
        launch.start_server(["numpy"], "auto", base, confinement=confinement) as server,
        Lab(server=server) as lab,
        lab.kernel() as kernel,
    ):
        kernel.run("import subprocess; p = subprocess.Popen(['sleep', '27182818'], start_new_session=True)")
        daemons = processes_of("27182818")
        assert daemons
        alive = processes_of(str(base))
        os.kill(server.pid, signal.SIGKILL)
        assert await_end(alive | daemons) == []
        assert list(base.iterdir()) == []


def test_killing_a_supervisor_ends_its_kernel_alone(base: Path) -> None:
    """A supervisor is killed: its kernel ends with it; its neighbour and the server live."""
    with launch.start_server(["numpy"], "auto", base, spare=False) as server, Lab(server=server) as lab:
        with lab.kernel() as neighbour:
            assert neighbour.run("print(1)") == "1\n"
            before = processes_of(str(server.run_root))
            with lab.kernel() as kernel:
                assert kernel.run("print(2)") == "2\n"
                added = processes_of(str(server.run_root))
                for pid in set(before) & set(added):
                    os.close(added.pop(pid))
                os.kill(min(added), signal.SIGKILL)
                kernel.await_death()
                assert await_end(added) == []
            assert neighbour.run("print(3)") == "3\n"
        for descriptor in before.values():
            os.close(descriptor)
        with lab.kernel() as another:
            assert another.run("print(4)") == "4\n"
