"""Questions to real kernels: answers are data, deadlines hold, and one bad function costs no other its answer."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.answers import Answer, Call, Lost, Missing, Raised, Ref, Request, Returned, TimedOut, Unusable
from grader.kernel.session import HANGS, Session
from grader.limits import Limits

OpenSession = Callable[..., Session]

QUICK = Limits(cell_s=5.0, call_s=0.4, callbacks=3)
TWICE = "def twice(x):\n    return x * 2"
HANG = "import time\ndef hang():\n    while True:\n        time.sleep(0.01)"
DEAF = """
import time
def deaf():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


def numbers(answer: Answer) -> Any:
    """What an answer returned, as plain lists and numbers."""
    assert isinstance(answer, Returned), answer
    assert answer.value.array is not None
    return answer.value.array.tolist()


def root_of_a_number(z: Any) -> NDArray[Any]:
    """The square root of one number. Raises TypeError for anything else."""
    if np.ndim(z):
        raise TypeError
    return np.asarray(np.sqrt(z))


def executed(session: Session) -> Session:
    """The session with its cells run."""
    session.execute()
    return session


def test_functions_answer_with_arrays_exceptions_or_nothing(open_session: OpenSession) -> None:
    """One batch: a value, a changed argument, an exception with its place, a missing name, a name that is no function."""
    session = executed(
        open_session(
            "x = 3",
            "\n\ndef spoil(z):\n    z[0] = 9\n    return None",
            "def inner(z):\n    return 1 / z\ndef outer(z):\n    return inner(z)",
            TWICE,
        )
    )
    found = session.ask(
        Call("twice", (np.array([1.5, 2.0]),)),
        Call("spoil", (np.zeros(2),), return_arguments=True),
        Call("outer", (0,)),
        Call("nobody"),
        Call("x"),
        Call("twice", (Ref("x"),)),
        Call("twice", (Ref("y"),)),
    )
    assert numbers(found[0]) == [3.0, 4.0]
    assert isinstance(found[1], Returned)
    assert found[1].value.kind == "none"
    assert found[1].arguments_after[0].tolist() == [9.0, 0.0]
    raised = found[2]
    assert isinstance(raised, Raised)
    assert (raised.type_name, raised.message) == ("ZeroDivisionError", "division by zero")
    assert (raised.cell, raised.line, raised.source_line) == (2, 2, "return 1 / z")
    assert found[3] == Missing("nobody")
    assert found[4] == Missing("x", "int")
    assert numbers(found[5]) == 6
    assert found[6] == Missing("y")


def test_a_call_that_hangs_is_interrupted_and_the_rest_is_answered(open_session: OpenSession) -> None:
    """Only the hanging call is TimedOut, at its limit; after a few the function is not asked again."""
    session = executed(open_session(TWICE, HANG, limits=QUICK))
    started = time.monotonic()
    found = session.ask(*[question for _ in range(HANGS + 2) for question in (Call("hang"), Call("twice", (1,)))])
    seconds = time.monotonic() - started
    assert all(isinstance(answer, TimedOut) for answer in found[::2])
    assert [numbers(answer) for answer in found[1::2]] == [2] * (HANGS + 2)
    assert QUICK.call_s * HANGS <= seconds < QUICK.call_s * (HANGS + 1) + 1


def test_a_call_that_cannot_be_stopped_costs_the_kernel_once(open_session: OpenSession) -> None:
    """The notebook is run again, said aloud; that function is not asked again, the others are."""
    session = executed(open_session(TWICE, DEAF, limits=QUICK))
    found = session.ask(Call("twice", (1,)), Call("deaf"), Call("twice", (2,)), Call("deaf"))
    assert numbers(found[0]) == 2
    assert isinstance(found[1], TimedOut)
    assert numbers(found[2]) == 4
    assert isinstance(found[3], TimedOut)
    (note,) = session.notes
    assert note.kind == "kernel-replaced"
    assert "`deaf`" in note.text


def test_the_kernels_death_in_a_call_costs_that_call(open_session: OpenSession) -> None:
    """Answers before it are kept, those after it come from a fresh kernel; a second death leaves no kernel."""
    session = executed(open_session("import os", TWICE, "def die():\n    os._exit(3)", "def fall():\n    os._exit(4)"))
    found = session.ask(Call("twice", (1,)), Call("die"), Call("twice", (2,)), Call("die"))
    assert numbers(found[0]) == 2
    assert isinstance(found[1], Lost)
    assert "exit status 3" in found[1].reason
    assert numbers(found[2]) == 4
    assert isinstance(found[3], Lost)
    last = session.ask(Call("fall"), Call("twice", (3,)))
    assert all(isinstance(answer, Lost) for answer in last)
    assert session.names(["twice"])["twice"].exists is False


def test_what_was_kept_for_later_is_made_again_in_a_fresh_kernel(open_session: OpenSession) -> None:
    """Handles that earlier questions were given stay valid when the kernel is replaced."""
    keep = (
        "from grader.inside import questions\n"
        "questions.OPERATIONS['keep'] = lambda parameters, context: {'handle': context.keep(parameters['value'])}"
    )
    session = executed(open_session(TWICE, keep, "import os\ndef die():\n    os._exit(3)"))
    session.ask(Request("keep", {"value": 21}))
    found = session.ask(Call("die"), Call("twice", (Ref("probe:1"),)))
    assert numbers(found[1]) == 42


def test_exits_and_interrupts_of_the_students_own_are_exceptions(open_session: OpenSession) -> None:
    """SystemExit, KeyboardInterrupt and a signal that the code sends itself are what it raised; the next call is asked."""
    session = executed(
        open_session(
            "import os, signal, sys, time",
            "def leave():\n    sys.exit(3)",
            "def stop():\n    raise KeyboardInterrupt",
            "def signal_itself():\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(5)",
            TWICE,
        )
    )
    for name, exception in [
        ("leave", "SystemExit"),
        ("stop", "KeyboardInterrupt"),
        ("signal_itself", "KeyboardInterrupt"),
    ]:
        answer, after = session.ask(Call(name), Call("twice", (1,)))
        assert isinstance(answer, Raised)
        assert answer.type_name == exception
        assert numbers(after) == 2


def test_a_value_over_the_cap_is_unusable(open_session: OpenSession) -> None:
    """The kernel refuses to send it, and goes on."""
    session = executed(
        open_session("import numpy as np\ndef zeros(n):\n    return np.zeros(n)", limits=Limits(value_mib=1))
    )
    large, small = session.ask(Call("zeros", (200_000,)), Call("zeros", (2,)))
    assert isinstance(large, Unusable)
    assert "1600000 bytes" in large.reason
    assert numbers(small) == [0, 0]


def test_a_stand_in_is_answered_by_the_grader(open_session: OpenSession) -> None:
    """The student's code calls the stub, arrays go there and back, and the name is given back afterwards."""
    asked: list[NDArray[Any]] = []

    def reference(z: NDArray[Any]) -> NDArray[Any]:
        asked.append(z)
        return z + 0.5

    session = executed(
        open_session("def base(z):\n    return 0", "import numpy as np\ndef use(z):\n    return base(z * 2)[0]")
    )
    question = Call("use", (np.array([1.0, 2.0]),))
    session.stand_in("base", reference)
    assert numbers(session.ask(question)[0]) == 2.5
    assert [array.tolist() for array in asked] == [[2.0, 4.0]]
    session.stand_down("base")
    assert isinstance(session.ask(question)[0], Raised)


def test_a_stand_in_replaces_the_function_whoever_holds_it(open_session: OpenSession) -> None:
    """By another name, as a default argument, in a partial, with free variables; and what it was comes back afterwards."""
    session = executed(
        open_session(
            "from functools import partial\ndef made(factor):\n    def base(z, power=1):\n        return factor * 0\n    return base",
            "base = made(3)\nother = base",
            "def use(z, f=base):\n    return f(z)",
            "def two(g, z):\n    return g(z)\nbound = partial(two, base)",
            "def named(z):\n    return other(z)",
        )
    )
    calls = [Call(name, (np.array([1.0]),)) for name in ("use", "bound", "named", "base")]
    session.stand_in("base", lambda z: z + 0.5)
    assert [numbers(answer) for answer in session.ask(*calls)] == [[1.5]] * 4
    session.stand_down("base")
    assert [numbers(answer) for answer in session.ask(*calls)] == [0] * 4


def test_what_hung_because_of_a_function_is_asked_again_once_that_is_replaced(open_session: OpenSession) -> None:
    """Calls that ran into their limit are taken to do so again only until a stand-in changes what they call."""
    session = executed(
        open_session(
            "def base(z):\n    while True:\n        pass", "def use(z):\n    return base(z)", limits=Limits(call_s=0.5)
        )
    )
    call = Call("use", (np.array([1.0]),))
    assert all(isinstance(answer, TimedOut) for answer in session.ask(call, call, call))
    session.stand_in("base", lambda z: z + 0.5)
    assert numbers(session.ask(call)[0]) == [1.5]


def test_what_a_stand_in_answers_can_be_used_as_array_or_tensor(open_session: OpenSession) -> None:
    """The student's function may have returned a tensor: ``.numpy()`` gives the plain array."""
    session = executed(
        open_session(
            "import numpy as np\ndef base(z):\n    return z",
            "def tensor(z):\n    return base(z).numpy()",
            "def plain(z):\n    return type(base(z).numpy()) is np.ndarray",
        )
    )
    session.stand_in("base", lambda z: z + 0.5)
    tensor, plain = session.ask(*(Call(name, (np.array([1.0]),)) for name in ("tensor", "plain")))
    assert numbers(tensor) == [1.5]
    assert isinstance(plain, Returned)
    assert plain.value.array is not None
    assert plain.value.array.item() is True


def test_a_stand_in_is_no_oracle(open_session: OpenSession) -> None:
    """Its calls are capped, it knows only its name, it raises on bad arguments, and outside a question it does not answer."""
    session = executed(
        open_session(
            "import threading, time\ndef base(z):\n    return 0",
            "def use(z):\n    return base(z)",
            "def often():\n    return [base(1.0) for _ in range(100)]",
            "kept = []\ndef later():\n    def work():\n        time.sleep(0.2)\n        try:\n            kept.append(base(1.0))\n"
            "        except RuntimeError as error:\n            kept.append(str(error))\n    threading.Thread(target=work).start()",
            "def look():\n    time.sleep(0.4)\n    return kept[0]",
            limits=Limits(callbacks=3),
        )
    )
    session.stand_in("base", root_of_a_number)
    refused, often = session.ask(Call("use", ([1.0],)), Call("often"))
    assert isinstance(refused, Raised)
    assert "cannot work with these arguments" in refused.message
    assert isinstance(often, Raised)
    assert "more often" in often.message
    session.stand_in("base", np.sqrt)
    session.ask(Call("later"))
    time.sleep(0.3)  # the thread calls while nothing is asked
    (answer,) = session.ask(Call("look"))
    assert isinstance(answer, Returned)
    assert "only while the grader asks" in answer.value.text


def test_names_are_described_with_their_source(open_session: OpenSession) -> None:
    """Functions, also decorated and jitted ones, classes, values and names that are not there."""
    session = executed(
        open_session(
            "import functools, numpy as np\nfrom math import exp",
            "def f(z):\n    return 1",
            "def logged(g):\n    @functools.wraps(g)\n    def inner(*a):\n        return g(*a)\n    return inner",
            "\n\n@logged\ndef h(z):\n    return z",
            "class Model:\n    def fit(self):\n        pass",
            "f = h\nv = np.vectorize(lambda z: z)",
            "%%time\ndef timed(z):\n    return z",
            "for f2 in [1]:\n    pass",
        )
    )
    found = session.names(["f", "h", "Model", "v", "exp", "f2", "nobody", "timed"])
    assert (found["f"].cell, found["f"].source) == (3, "def h(z):\n    return z")
    assert found["f"].bound_in == (1, 5)
    assert (found["h"].cell, found["h"].line, found["h"].callable) == (3, 4, True)
    assert (found["Model"].cell, found["Model"].line, found["Model"].type_name) == (4, 1, "type")
    assert found["v"].cell == 5
    assert (found["exp"].cell, found["exp"].source, found["exp"].bound_in) == (None, "", (0,))
    assert (found["f2"].exists, found["f2"].callable, found["f2"].type_name, found["f2"].bound_in) == (
        True,
        False,
        "int",
        (7,),
    )
    assert found["nobody"].exists is False
    assert found["timed"].cell == 6


def test_time_is_up_for_every_question_after_the_submissions_limit(open_session: OpenSession) -> None:
    """What was decided stays; the rest is TimedOut without being asked."""
    session = executed(open_session(TWICE, HANG, limits=Limits(call_s=5.0, submission_s=1.2)))
    before, late, after = session.ask(Call("twice", (1,)), Call("hang"), Call("twice", (2,)))
    assert numbers(before) == 2
    assert isinstance(late, TimedOut)
    assert isinstance(after, TimedOut | Lost)


def test_a_question_that_cannot_be_sent_is_the_rubrics_fault(open_session: OpenSession) -> None:
    """TypeError on this side; the kernel is not asked."""
    session = executed(open_session(TWICE))
    with pytest.raises(TypeError, match="cannot carry"):
        session.ask(Call("twice", (object(),)))
    assert numbers(session.ask(Call("twice", (1,)))[0]) == 2


def test_a_batch_of_questions_is_quick(open_session: OpenSession) -> None:
    """Forty questions in one message take less than 4 ms each, the target with a wide margin."""
    session = executed(open_session(TWICE))
    questions = [Call("twice", (np.arange(10.0),)) for _ in range(40)]
    session.ask(*questions)
    started = time.monotonic()
    session.ask(*questions)
    assert (time.monotonic() - started) / len(questions) < 0.004


def test_time_in_which_nobody_ran_is_not_the_students(
    open_session: OpenSession, loop: asyncio.AbstractEventLoop
) -> None:
    """A machine that stands still beyond a call's limit (paused, starved) costs no answer: the call has a second more."""
    session = open_session("import time\ndef short():\n    time.sleep(0.5)\n    return 1")
    session.execute()
    assert session._line is not None
    pidfd = session._line.kernel.pidfd

    def stand_still() -> None:
        signal.pidfd_send_signal(pidfd, signal.SIGSTOP)
        time.sleep(2.0)
        signal.pidfd_send_signal(pidfd, signal.SIGCONT)

    loop.call_later(0.1, stand_still)
    (answer,) = session.ask(Call("short"), timeout_s=1.0)
    assert isinstance(answer, Returned), answer


def test_a_kernel_that_nothing_has_touched_answers_for_the_grader(open_session: OpenSession) -> None:
    """What the notebook broke works there, nothing of the notebook is there, and its own kernel is left as it was."""
    session = open_session(
        "from grader.inside import names\nnames.names.__code__ = (lambda p, c: 1 / 0).__code__", TWICE
    )
    session.execute()
    asked = Request("names", {"names": ["twice"]})
    (broken,) = session.ask(asked)
    assert isinstance(broken, Raised)
    untouched = session.ask_untouched(asked, timeout_s=5.0)
    assert isinstance(untouched, Returned)
    assert untouched.value.entries["twice"].entries["exists"].array is not None
    assert not untouched.value.entries["twice"].entries["exists"].array
    assert numbers(session.ask(Call("twice", (2,)))[0]) == 4


def test_an_object_that_cannot_be_looked_at_hides_no_other_name(open_session: OpenSession) -> None:
    """Looking at one hangs, looking at another ends the kernel: the names beside them are found all the same."""
    session = open_session(
        "class Hangs:\n    def __getattr__(self, name):\n        while True:\n            pass",
        "class Dies:\n    def __getattr__(self, name):\n        import os\n        os._exit(1)",
        TWICE,
        "hangs, dies = Hangs(), Dies()",
        limits=QUICK,
    )
    session.execute()
    found = session.names(["hangs", "dies", "twice"])
    assert not found["hangs"].exists
    assert not found["dies"].exists
    assert found["twice"].exists
    assert numbers(session.ask(Call("twice", (2,)))[0]) == 4
