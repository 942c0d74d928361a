import os
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.verdict import SubmissionResult
from grader.workers.environment import environment, interpreter
from grader.workers.protocol import (
    LENGTH,
    LONGEST_FRAME,
    Done,
    Frames,
    Progress,
    Work,
    frame,
    from_conductor,
    to_conductor,
)


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_frames_come_out_as_they_went_in_however_the_stream_is_cut(bodies: list[bytes], step: int) -> None:
    """A pipe gives bytes in any portions."""
    stream = b"".join(LENGTH.pack(len(body)) + body for body in bodies)
    frames = Frames()
    found = [body for start in range(0, len(stream), step) for body in frames.feed(stream[start : start + step])]
    assert found == bodies


def test_an_endless_frame_is_refused_before_it_is_read() -> None:
    """The announced length is enough to stop believing."""
    with pytest.raises(ValueError, match="was announced"):
        list(Frames().feed(LENGTH.pack(LONGEST_FRAME + 1)))


@given(st.text(st.characters(codec=None)))
def test_any_text_of_a_students_can_be_sent(text: str) -> None:
    """Lone surrogates, which JSON in UTF-8 cannot carry, are replaced; all else comes back as it was."""
    result = SubmissionResult(id="a", path="a", sha256="", status="unreadable", error=text)
    message = from_conductor(frame(Done(result, {3: text}))[LENGTH.size :])
    assert isinstance(message, Done)
    assert message.result.error == text.encode("utf-8", "replace").decode()


def test_file_names_of_any_bytes_can_be_sent() -> None:
    """A path on Linux is bytes."""
    work = Work("a", "a", b"/tmp/\xff\xfe \n.ipynb")
    assert to_conductor(frame(work)[LENGTH.size :]) == work


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type": "Setup"}',
        b'{"type": "Progress", "what": 3, "done": 0, "total": 0}',
        b'{"type": "Done", "result": {"id": "a", "path": "a", "sha256": "", "status": "perfect"}, "places": {}}',
        b"\xff",
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """Types are checked when a message is read; nothing half right comes through."""
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        from_conductor(body)


def test_a_process_of_ours_gets_nothing_it_does_not_need() -> None:
    """Tokens and the options of other people's tests stay behind; ``-P`` keeps the current folder off the search path."""
    given_variables = {
        "PATH": "/bin",
        "HOME": "/root",
        "LC_ALL": "C",
        "GITHUB_TOKEN": "secret",
        "PYTHONPATH": "/evil",
        "PYTHONSTARTUP": "/evil.py",
        "PYTEST_ADDOPTS": "-p evil",
        "PYTEST_PLUGINS": "evil",
    }
    kept = environment(given_variables)
    assert kept.keys() & given_variables.keys() == {"PATH", "HOME", "LC_ALL"}
    assert kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"
    assert interpreter("grader.x", "1")[:4] == [sys.executable, "-P", "-m", "grader.x"]
    assert os.environ["PATH"] == environment()["PATH"]


def test_progress_is_small() -> None:
    """One message for each cell must cost nothing that can be measured."""
    assert len(frame(Progress("code cell", 3, 9))) < 100
