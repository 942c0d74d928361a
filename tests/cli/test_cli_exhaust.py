"""A kernel that exhausts the process that listens to it: a verdict about that submission, and nothing to its neighbours."""

from pathlib import Path

from cli_helpers import RIGHT, document, write_notebook, write_tiny

FLOOD = """\
import os, socket, struct, time
time.sleep(0.5)
ends = []
for fd in range(3, 200):
    try:
        end = socket.socket(fileno=os.dup(fd))
        if end.family == socket.AF_UNIX and end.type == socket.SOCK_STREAM and end.getsockname():
            end.setblocking(True)
            ends.append(end)
    except OSError:
        pass
part = b'\\x03' + struct.pack('>Q', 1 << 20) + bytes(1 << 20)
while True:
    for end in ends:
        try:
            end.sendall(part)
        except OSError:
            pass
"""
"""A part of one message after another, each saying that more is to come, written under ZeroMQ's feet."""


def test_an_endless_message_is_charged_to_its_sender_alone(tmp_path: Path) -> None:
    """No option of ZeroMQ bounds a message of endless parts: the listener dies, the others keep their grades."""
    write_tiny(tmp_path)
    write_notebook(tmp_path / "in" / "ada.ipynb", RIGHT, assignment="tiny")
    write_notebook(tmp_path / "in" / "eve.ipynb", RIGHT, FLOOD, assignment="tiny")
    write_notebook(tmp_path / "in" / "zoe.ipynb", RIGHT, assignment="tiny")
    ada, eve, zoe = document("in", "--jobs", "1", cwd=tmp_path)["submissions"]
    assert (ada["score"], zoe["score"]) == (2.0, 2.0)
    assert eve["status"] == "graded", eve["error"]
    assert [one["id"] for one in eve["notebook"]["diagnoses"]] == ["notebook.output-limit"]
