"""A forked kernel is as a fresh one: its environment, its folder, its random state, its signals, its end."""

import json
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_lab import Lab, await_end, processes_of

from grader.errors import KernelUnavailable, SandboxUnavailable
from grader.sandbox import launch
from grader.sandbox.layers import Confinement


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One server with a spare kernel."""
    with Lab(spare=True) as laboratory:
        yield laboratory


def test_the_environment_holds_nothing_of_the_graders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the grader's environment is in no kernel's, nor in what the system remembers of its start."""
    monkeypatch.setenv("SECRET_TOKEN", "do-not-tell")
    with Lab() as fresh, fresh.kernel() as kernel:
        said = kernel.run("import os; print(dict(os.environ)); print(open('/proc/self/environ').read())")
    assert "SECRET_TOKEN" not in said
    assert "do-not-tell" not in said
    assert "'HOME'" in said


def test_an_orders_environment_and_support_files_arrive(lab: Lab, tmp_path: Path) -> None:
    """Support files lie in the working folder, readable, with their folders; links among them do not."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1,2")
    (tmp_path / "helper.py").write_text("ANSWER = 42")
    (tmp_path / "link").symlink_to("/etc/passwd")
    for number in range(150):
        (tmp_path / f"file{number}.txt").write_text(str(number))
    for _ in range(2):  # the first may be a kernel made for this order, the second is the one forked ahead
        with lab.kernel(support=tmp_path, environment={"OMP_NUM_THREADS": "3"}) as kernel:
            said = kernel.run(
                "import os, helper; print(helper.ANSWER, open('data/x.csv').read(), os.environ['OMP_NUM_THREADS'],"
                " os.path.lexists('link'), sum(name.startswith('file') for name in os.listdir()))"
            )
        assert said == "42 1,2 3 False 150\n"


def test_a_kernel_looks_like_a_fresh_one(lab: Lab) -> None:
    """Arguments, main module, signal handlers, mask, open files, working folder, random state."""
    code = (
        "import json, os, random, signal, sys, numpy\n"
        "links = [os.readlink(f'/proc/self/fd/{name}') for name in os.listdir('/proc/self/fd') if int(name) > 2\n"
        "         and os.path.lexists(f'/proc/self/fd/{name}')]\n"
        "print(json.dumps([sys.argv, __name__, os.getcwd() == os.path.expanduser('~'), os.listdir(),\n"
        "  signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,\n"
        "  list(signal.pthread_sigmask(signal.SIG_BLOCK, [])), [link for link in links if link.startswith('/') and\n"
        "  not link.startswith(('/dev/null', '/dev/urandom'))], random.random(), float(numpy.random.rand())]))"
    )
    seen = []
    for _ in range(2):
        with lab.kernel() as kernel:
            seen.append(json.loads(kernel.run(code)))
    for argv, main, at_home, files, terminates, children, mask, links, *_ in seen:
        assert argv == ["ipykernel_launcher"]
        assert main == "__main__"
        assert at_home
        assert [name for name in files if not name.startswith(".")] in ([], ["tmp"])
        assert terminates
        assert children
        assert mask == []
        assert links == []
    assert seen[0][-2:] != seen[1][-2:]


def test_what_one_kernel_does_reaches_no_other(lab: Lab) -> None:
    """A poisoned module, file and environment of one kernel are not there in the next."""
    with lab.kernel() as kernel:
        kernel.run(
            "import numpy, os, builtins; numpy.add = None; builtins.len = None; open('/tmp/left', 'w').write('x');"
            "open('left', 'w').write('x'); os.environ['LEFT'] = 'x'"
        )
    with lab.kernel() as kernel:
        said = kernel.run(
            "import numpy, os; print(callable(numpy.add), len('abc'), os.path.exists('/tmp/left'),"
            " os.path.exists('left'), 'LEFT' in os.environ)"
        )
    assert said == "True 3 False False False\n"


def test_a_cell_is_compiled_under_its_own_name(lab: Lab) -> None:
    """The code of the nth executed cell has the file name ``<cell n>``."""
    with lab.kernel() as kernel:
        kernel.lab.loop.run_until_complete(kernel.kernel.client.execute("def f(): pass", reply=True, timeout=20))
        assert kernel.run("print(f.__code__.co_filename)") == "<cell 1>\n"


def test_an_interrupt_reaches_the_kernel(lab: Lab) -> None:
    """SIGINT by the process descriptor ends a loop, and the kernel lives."""
    with lab.kernel() as kernel:
        lab.loop.call_later(0.2, kernel.kernel.interrupt)
        assert "KeyboardInterrupt" in kernel.run("while True: pass")
        assert kernel.run("print(1)") == "1\n"


def test_death_is_told_at_once_and_in_words(lab: Lab) -> None:
    """The descriptor is readable when the kernel has died; signal and exit status are told apart."""
    with lab.kernel() as kernel:
        kernel.run("import os; os.kill(os.getpid(), 11)")
        kernel.await_death()
        death = kernel.kernel.death()
        assert death is not None
        assert (death.signal, death.out_of_memory, death.words) == (signal.SIGSEGV, False, "killed by SIGSEGV")
    with lab.kernel() as kernel:
        assert kernel.kernel.death() is None
        kernel.run("import os; os._exit(3)")
        kernel.await_death()
        death = kernel.kernel.death()
        assert death is not None
        assert (death.exit_code, death.words) == (3, "ended itself with exit status 3")


def test_killing_is_idempotent_and_leaves_no_folder(lab: Lab) -> None:
    """After ``kill`` the folder is gone and the descriptor closed; a second ``kill`` does nothing."""
    with lab.kernel() as kernel:
        folder = Path(kernel.kernel.manager.ip).parent
        assert folder.is_dir()
        kernel.kill()
        assert not folder.exists()
        assert kernel.kernel.pidfd == -1
        kernel.kill()


def test_usage_is_measured(lab: Lab) -> None:
    """Processor time and peak private memory grow with what the kernel does."""
    with lab.kernel() as kernel:
        kernel.run(
            "hoard = bytearray(100 << 20)\nimport time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
        )
        usage = kernel.kernel.usage()
    assert usage.cpu_s > 0.3
    assert usage.peak_memory_bytes > 90 << 20


def test_a_kernel_not_forked_answers_the_same(lab: Lab) -> None:
    """Where the guard forbids a fork, a program of its own serves in the same confinement, with the same answers."""
    code = "import os, numpy; print(numpy.arange(3).sum(), os.getcwd(), os.environ['USER'])"
    with lab.kernel() as forked, lab.kernel(Confinement().without("fork")) as executed:
        assert forked.run(code) == executed.run(code)
        assert forked.kernel.isolation == executed.kernel.isolation


def test_a_broken_preload_is_no_catastrophe() -> None:
    """A module that cannot be imported ahead leaves the server alive; a notebook that needs it will say so."""
    with Lab("numpy", "no_such_module") as broken, broken.kernel() as kernel:
        assert "ModuleNotFoundError" in kernel.run("import no_such_module")


def test_threads_in_the_server_forbid_forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has a thread after its imports starts ordinary kernels, confined as ever, and says why."""
    environment = launch.server_environment() | {"OPENBLAS_NUM_THREADS": "2"}
    monkeypatch.setattr(launch, "server_environment", lambda: environment)
    with Lab() as threaded, threaded.kernel() as kernel:
        if not kernel.kernel.notes:
            pytest.skip("this NumPy starts no threads of its own, so there is nothing to forbid")
        assert "threads" in kernel.kernel.notes[0]
        assert kernel.run("import numpy; print(numpy.arange(3).sum())") == "3\n"
        assert kernel.kernel.isolation.mode == "confined"


def test_no_server_is_an_error_of_the_graders() -> None:
    """A dead address raises KernelUnavailable, which names it."""
    with Lab() as lab_without:
        lab_without.server.close()
        with pytest.raises(KernelUnavailable, match="does not answer"), lab_without.kernel():
            pass


def test_strict_refuses_before_anything_runs() -> None:
    """``strict`` without isolation names the broken promises and what to do, and leaves nothing behind."""
    before = set(launch.run_base().glob(launch.PREFIX + "*"))
    with pytest.raises(SandboxUnavailable) as refused:
        launch.start_server(["numpy"], "strict", confinement=Confinement.only("rlimits", "watcher"))
    assert refused.value.missing == ("network", "files", "processes")
    assert "grader doctor" in str(refused.value)
    assert set(launch.run_base().glob(launch.PREFIX + "*")) <= before


def test_off_warns_by_its_name() -> None:
    """Nothing confines a kernel under ``off``, and its isolation says so."""
    with (
        launch.start_server(["numpy"], "off", spare=False) as server,
        Lab(server=server) as open_lab,
        open_lab.kernel() as kernel,
    ):
        assert kernel.kernel.isolation.mode == "unconfined"
        assert kernel.kernel.isolation.layers == ()


def test_the_spare_kernel_is_quick(lab: Lab) -> None:
    """A kernel forked ahead is handed over; it is another one each time, and the next is made meanwhile."""
    numbers = []
    for _ in range(3):
        with lab.kernel() as kernel:
            numbers.append(Path(kernel.kernel.manager.ip).parent.name)
    assert len(set(numbers)) == 3


def test_stale_folders_are_swept(tmp_path: Path) -> None:
    """The folder of a run whose processes have all ended is removed at the next start; a living one is kept."""
    stale = tmp_path / f"{launch.PREFIX}stale"
    stale.mkdir()
    (stale / "lock").touch()
    young = tmp_path / f"{launch.PREFIX}young"
    young.mkdir()
    with launch.start_server([], "off", tmp_path) as server:
        assert not stale.exists()
        assert young.exists()
        assert launch.sweep(tmp_path) == []
        assert server.run_root.exists()
        living = processes_of(str(server.run_root))
    assert not server.run_root.exists()
    assert await_end(living) == []


@pytest.mark.tensorflow
def test_tensorflow_works_in_full_confinement() -> None:
    """A model is fitted and predicts, a figure is drawn, a subprocess runs; 150 MB of private memory suffice."""
    with Lab("numpy", "tensorflow") as lab_with, lab_with.kernel(stage="tensorflow") as kernel:
        start = time.monotonic()
        said = kernel.run(
            "import numpy as np, tensorflow as tf, subprocess, tempfile, multiprocessing\n"
            "model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(8, 'relu'), tf.keras.layers.Dense(4)])\n"
            "model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
            "model.fit(np.zeros((64, 2)), np.zeros(64), epochs=2, verbose=0)\n"
            "print(model.predict(np.zeros((3, 2)), verbose=0).shape)\n"
            "model.save(tempfile.gettempdir() + '/model.keras')\n"
            "print(tf.keras.models.load_model(tempfile.gettempdir() + '/model.keras').count_params())\n"
            "print(subprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout.strip())\n"
        )
        said += kernel.run(
            "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('x.png')\nimport os\nprint(os.path.getsize('x.png') > 1000)"
        )
        said += kernel.run("!echo shell")
        assert said.replace("\r", "").split() == ["(3,", "4)", "60", "hello", "True", "shell"], said
        assert kernel.kernel.isolation.mode == "confined"
        assert kernel.kernel.notes == ()
        assert kernel.kernel.usage().peak_memory_bytes < 150 << 20
        assert time.monotonic() - start < 60
        assert select.select([kernel.kernel.pidfd], [], [], 0)[0] == []
