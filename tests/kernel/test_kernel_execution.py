"""Cells on real kernels: each runs, each end has its reason, and what one cell does costs no other."""

import signal
import time
from collections.abc import Callable

import numpy as np
import pytest

from grader.answers import Call, Lost, Returned
from grader.kernel.execution import SyntaxPlace
from grader.kernel.session import Execution, Session
from grader.limits import Limits
from grader.verdict import CellError

OpenSession = Callable[..., Session]

QUICK = Limits(cell_s=0.4, call_s=2.0)
GOOD = "def good(x):\n    return x * 2"
SLEEP = "import time\ntime.sleep(60)"
DEAF = """
import time
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""


def good(session: Session) -> bool:
    """Whether the notebook's good function is there and right."""
    (answer,) = session.ask(Call("good", (np.arange(2.0),)))
    return isinstance(answer, Returned) and answer.value.array is not None and answer.value.array.tolist() == [0, 2]


def text(execution: Execution, cell: int) -> str:
    """What a cell printed on its standard output."""
    return "".join(output["text"] for output in execution.outputs[cell] if output.get("name") == "stdout")


def test_every_cell_runs_and_errors_keep_their_place(open_session: OpenSession) -> None:
    """Errors, syntax errors, input and standard error: the cells after them run; only errors are errors."""
    session = open_session(
        "1 / 0",
        "\n\nx = 1\nx = = 3",
        "input('name? ')",
        "import sys\nprint('out')\nsys.stderr.write('warning')\n3 + 4",
        "",
        "def fails():\n    raise ValueError('\\x1b[31mred')\n\nfails()",
        GOOD,
        "import sys\nsys.exit(1)",
    )
    execution = session.execute()
    assert execution.errors == (
        CellError(cell=0, name="ZeroDivisionError", message="division by zero"),
        CellError(cell=1, name="SyntaxError", message="invalid syntax (line 4)"),
        CellError(
            cell=2,
            name="StdinNotImplementedError",
            message="raw_input was called, but this frontend does not support input requests.",
        ),
        CellError(cell=5, name="ValueError", message="red"),
        CellError(cell=7, name="SystemExit", message="1"),
    )
    assert {failure.cell: failure.line for failure in execution.failures} == {0: 1, 1: 4, 2: 1, 5: 4, 7: 2}
    assert execution.syntax == {1: SyntaxPlace(4, 5, "x = = 3", "invalid syntax")}
    assert [(o["output_type"], o.get("name")) for o in execution.outputs[3]] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
        ("execute_result", None),
    ]
    assert not execution.stopped
    assert good(session)


def test_a_cell_that_never_ends_is_stopped(open_session: OpenSession) -> None:
    """It is interrupted at its deadline; names of other cells are there; it is no error of the student's."""
    session = open_session(SLEEP, "import asyncio\nawait asyncio.sleep(60)", GOOD, limits=QUICK)
    execution = session.execute()
    assert execution.stopped == {0: "timeout", 1: "timeout"}
    assert execution.errors == ()
    assert session.notes == ()
    assert good(session)


@pytest.mark.parametrize(
    ("cell", "reason", "words"),
    [
        (DEAF, "timeout", None),
        ("import os\nos._exit(3)", "died", "exit status 3"),
        ("import ctypes\nctypes.string_at(0)", "died", "SIGSEGV"),
        ("import os\nos.kill(os.getpid(), 9)", "died", "SIGKILL"),
    ],
)
def test_a_cell_that_costs_the_kernel_is_left_out(
    open_session: OpenSession, cell: str, reason: str, words: str | None
) -> None:
    """The notebook is run once more without it, said aloud; everything else is there."""
    session = open_session("x = 1", cell, GOOD, "assert x == 1", limits=QUICK)
    execution = session.execute()
    assert execution.stopped == {1: reason}
    assert execution.errors == ()
    assert execution.lost == ""
    assert words is None or words in execution.deaths[1]
    assert {(note.kind, note.cell) for note in session.notes} == {("kernel-replaced", 1)}
    assert [note.text.endswith("without it.") for note in session.notes].count(True) == 1
    assert good(session)


def killer(opened: list[Session], at: int) -> Callable[[str, int, int], None]:
    """A listener that kills the session's kernel from outside, once, before its ``at``-th cell runs."""
    heard: list[int] = []

    def hear(_: str, number: int, __: int) -> None:
        heard.append(number)
        if len(heard) == at:
            kernel = opened[0]._line
            assert kernel is not None
            signal.pidfd_send_signal(kernel.kernel.pidfd, signal.SIGKILL)

    return hear


def test_a_kernel_killed_from_outside_costs_no_cell(open_session: OpenSession) -> None:
    """A machine short of memory kills kernels first, guilty or not: once, everything is tried again, and that is said."""
    opened: list[Session] = []
    opened.append(open_session("x = 1", GOOD, "assert x == 1", progress=killer(opened, 2)))
    execution = opened[0].execute()
    assert execution.stopped == {}
    assert execution.errors == ()
    (note,) = opened[0].notes
    assert (note.kind, note.cell) == ("kernel-replaced", 1)
    assert good(opened[0])


def test_a_kernel_killed_from_outside_costs_no_question(open_session: OpenSession) -> None:
    """The question it was asked then is asked again; what kills its kernel each time is refused as ever."""
    session = open_session(GOOD, "import os\ndef die():\n    os.kill(os.getpid(), 9)")
    session.execute()
    assert session._line is not None
    signal.pidfd_send_signal(session._line.kernel.pidfd, signal.SIGKILL)
    assert good(session)
    (died,) = session.ask(Call("die"))
    assert isinstance(died, Lost)
    assert good(session)


SLOW_DEATH = """
import os, socket, time
for name in os.listdir('/proc/self/fd'):
    try:
        one = socket.socket(fileno=os.dup(int(name)))
        if one.getsockname() and not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
time.sleep(1)
os._exit(3)
"""


def test_a_death_that_takes_its_time_is_no_flood(open_session: OpenSession) -> None:
    """On a busy machine a process is seen to be dead long after its connections ended: the reason stays its death."""
    session = open_session(SLOW_DEATH, GOOD)
    execution = session.execute()
    assert execution.stopped == {0: "died"}
    assert "exit status 3" in execution.deaths[0]
    assert good(session)


def test_death_is_noticed_at_once(open_session: OpenSession) -> None:
    """A kernel's death and the run of the notebook in a fresh one take far less than a cell's limit."""
    session = open_session("import os\nos._exit(0)", GOOD)
    started = time.monotonic()
    execution = session.execute()
    assert time.monotonic() - started < 5
    assert execution.stopped == {0: "died"}


def test_a_third_death_leaves_no_kernel(open_session: OpenSession) -> None:
    """Two cells are left out; after a third the session has no kernel, and says why."""
    die = "import os\nos._exit(1)"
    session = open_session(GOOD, die, die + "  # again", die + "  # and again")
    execution = session.execute()
    assert execution.stopped == {1: "died", 2: "died", 3: "died"}
    assert "code cell 4" in execution.lost
    assert not good(session)


def test_output_is_cut_while_it_streams(open_session: OpenSession) -> None:
    """A cell over its cap is interrupted, with what it printed first kept; the next cell's output is whole."""
    limits = Limits(cell_s=20.0, cell_output_kib=64)
    session = open_session("while True:\n    print('x' * 1000)", "print('hello')", GOOD, limits=limits)
    started = time.monotonic()
    execution = session.execute()
    assert time.monotonic() - started < 10
    assert execution.stopped == {0: "output"}
    assert 1000 < len(text(execution, 0)) <= 64 * 1024
    assert text(execution, 1) == "hello\n"
    assert session.notes == ()
    assert good(session)


def test_a_flood_that_was_over_before_it_could_be_stopped_is_only_cut(open_session: OpenSession) -> None:
    """A cell that printed too much and ended is no failure."""
    limits = Limits(cell_output_kib=1)
    session = open_session("print('x' * 5000)\ndone = True", "assert done", GOOD, limits=limits)
    execution = session.execute()
    assert execution.errors == ()
    assert text(execution, 0).strip() == "x" * len(text(execution, 0).strip())
    assert good(session)


def test_a_flood_that_does_not_stop_costs_the_kernel(open_session: OpenSession) -> None:
    """The reason stays the output."""
    flood = "import time\nwhile True:\n    try:\n        while True:\n            print('x' * 10000)\n    except BaseException:\n        pass"
    session = open_session(flood, GOOD, limits=Limits(cell_s=1.0, cell_output_kib=64))
    execution = session.execute()
    assert execution.stopped == {0: "output"}
    assert good(session)


def test_one_message_over_the_size_that_is_taken_costs_only_the_output(open_session: OpenSession) -> None:
    """The connection for output is cut, the cells go on, none waits for output that cannot come."""
    session = open_session("print('x' * 12_000_000)", "x = 1", "1 / 0", GOOD, limits=Limits(value_mib=1))
    started = time.monotonic()
    execution = session.execute()
    assert time.monotonic() - started < 8
    assert [error.name for error in execution.errors] == ["ZeroDivisionError"]
    assert good(session)


def test_memory_that_is_not_there_is_an_error_and_its_reason(open_session: OpenSession) -> None:
    """MemoryError of Python and of NumPy; the kernel lives."""
    session = open_session("import numpy as np\nnp.ones(10**12)", "x = [0] * 10**12", GOOD)
    execution = session.execute()
    assert [error.name for error in execution.errors] == ["MemoryError", "MemoryError"]
    assert execution.stopped == {0: "out-of-memory", 1: "out-of-memory"}
    assert good(session)


HOG = "held = [bytearray(1 << 22)]\nwhile True:\n    held.append(bytearray(1 << 22))"


def test_a_kernel_that_is_full_lives_on(open_session: OpenSession) -> None:
    """The limit is an error in the cell that reached it; the watch ends only what gets well past it, and names no other cell."""
    a_little_more = (
        "import mmap, time\nfile = open('/dev/shm/little', 'wb+')\nfile.truncate(8 << 20)\n"
        "little = mmap.mmap(file.fileno(), 8 << 20)\nfor page in range(0, 8 << 20, 4096):\n    little[page] = 1\n"
        "time.sleep(0.5)"
    )
    session = open_session(GOOD, HOG, a_little_more, limits=Limits(memory_mib=256))
    execution = session.execute()
    assert execution.stopped == {1: "out-of-memory"}
    assert [error.name for error in execution.errors] == ["MemoryError"]
    assert session.notes == ()


def test_a_full_kernel_that_a_question_ends_is_replaced_by_one_with_room(open_session: OpenSession) -> None:
    """The cell that left it without memory is left out: the answers beside it are asked all the same."""
    touchy = "def {}():\n    import os\n    'held' in globals() and os._exit(3)\n    return 1"
    session = open_session(touchy.format("one"), touchy.format("other"), HOG, limits=Limits(memory_mib=256))
    session.execute()
    died, answered = session.ask(Call("one"), Call("other"))
    assert isinstance(died, Lost)
    assert isinstance(answered, Returned)
    assert len(session.notes) == 1


def test_a_cell_that_ends_its_kernel_only_the_second_time_costs_no_answer(open_session: OpenSession) -> None:
    """Run again for the questions, it ends the fresh kernel too: then it is left out there, as it would have been before."""
    count = iter(range(9))
    opened: list[Session] = []

    def progress(_: str, number: int, __: int) -> None:
        if number == 3 and next(count) == 1:
            line = opened[0]._line
            assert line is not None
            signal.pidfd_send_signal(line.kernel.pidfd, signal.SIGTERM)

    die = "def die():\n    import os\n    os._exit(1)"
    opened.append(open_session(GOOD, die, "import time\ntime.sleep(0.2)", progress=progress))
    assert opened[0].execute().stopped == {}
    (died,) = opened[0].ask(Call("die"))
    assert isinstance(died, Lost)
    assert good(opened[0])


def test_the_submissions_time_ends_the_run(open_session: OpenSession) -> None:
    """The cell that runs then is stopped, later ones are not run; what was decided stays."""
    session = open_session("x = 1", SLEEP, GOOD, limits=Limits(submission_s=0.8))
    execution = session.execute()
    assert execution.late
    assert execution.stopped == {1: "timeout"}


def test_skipped_cells_are_not_run(open_session: OpenSession) -> None:
    """A cell that is to be skipped leaves nothing behind and is no failure."""
    session = open_session("x = 1", "x = 2", "assert x == 1", GOOD, skip={1: "it is another language"})
    assert session.execute().failures == ()
    assert good(session)


def test_progress_names_each_cell(open_session: OpenSession) -> None:
    """The code cells are counted as people count them."""
    heard: list[tuple[str, int, int]] = []
    session = open_session("x = 1", "", GOOD, progress=lambda *what: heard.append(what))
    session.execute()
    assert heard == [("cell", 1, 3), ("cell", 3, 3)]


def test_the_same_seed_draws_the_same_numbers(open_session: OpenSession) -> None:
    """Python and NumPy are seeded, also where NumPy is imported by the notebook."""
    cells = ("import random, numpy as np", "print(random.random(), np.random.rand())")
    first, second, other = (open_session(*cells, seed=seed).execute() for seed in (1, 1, 2))
    assert text(first, 1) == text(second, 1) != text(other, 1)


def test_an_exception_whose_text_fails_is_still_an_error(open_session: OpenSession) -> None:
    """The kernel then gives no reply, or one about the second exception: the cell ends, and others run."""
    broken = "class Broken(BaseException):\n    def __str__(self):\n        raise SystemExit\nraise Broken"
    session = open_session(broken, GOOD)
    started = time.monotonic()
    session.execute()
    assert time.monotonic() - started < 5
    assert good(session)


def test_a_widget_or_a_broken_display_is_no_error(open_session: OpenSession) -> None:
    """Displays that change, cleared output, and messages of a form that Jupyter's own never have."""
    session = open_session(
        "from IPython.display import HTML, clear_output, display\n"
        "handle = display(HTML('<b>1</b>'), display_id=True)\nhandle.update(HTML('<b>2</b>'))",
        "print('gone')\nclear_output()\nprint('kept')",
        "kernel = get_ipython().kernel\n"
        "for kind in ('stream', 'display_data', 'execute_result', 'error', 'comm_open', 'clear_output', 'status'):\n"
        "    for content in ({}, {'name': 3, 'text': 4}, {'data': 5, 'metadata': [], 'transient': 'x'}, {'wait': 'x'}):\n"
        "        kernel.session.send(kernel.iopub_socket, kind, content, kernel.get_parent(), ident=b'x')",
        GOOD,
    )
    execution = session.execute()
    assert execution.errors == ()
    assert execution.outputs[0][0]["data"]["text/html"] == "<b>2</b>"
    assert text(execution, 1) == "kept\n"
    assert execution.outputs[2] == []
    assert good(session)


def test_progress_bars_count_as_what_is_left_of_them(open_session: OpenSession) -> None:
    """Lines that are overwritten are neither kept nor counted, up to a multiple of the cap."""
    bar = "import sys\nfor i in range({}):\n    sys.stdout.write('\\r' + '=' * 1000 + str(i))\n    sys.stdout.flush()\nprint()"
    session = open_session(bar.format(60), bar.format(10**6), GOOD, limits=Limits(cell_output_kib=16))
    execution = session.execute()
    assert execution.stopped == {1: "output"}
    assert text(execution, 0) == "=" * 1000 + "59\n"
    assert good(session)
