"""Write what was asked for: the run document, JUnit, and what GitHub Actions reads. All from a document cut to its audience."""

import os
import sys
import tempfile
from pathlib import Path

from grader.cli.options import STANDARD_OUTPUT, Options
from grader.cli.paint import lead_nowhere
from grader.report.document import to_json
from grader.report.github import SUMMARY_BYTES, annotations, summary
from grader.report.junit import to_junit
from grader.verdict import RunDocument


def write_files(document: RunDocument, options: Options) -> list[str]:
    """Write ``--json`` and ``--junit``, the second also where the first cannot be; what could not be written after all, in words.

    Raises BrokenPipeError where the reader of standard output has left, after the rest is written.
    """
    asked = [("--junit", options.junit, to_junit), ("--json", options.json, to_json)]
    faults = []
    for flag, place, made in sorted(asked, key=lambda one: one[1] == STANDARD_OUTPUT):
        if place is None:
            continue
        try:
            _write(place, made(document))
        except BrokenPipeError:
            raise
        except OSError as error:
            faults.append(f"{flag} {place}: it could not be written ({error.strerror}); grade again with another place")
    return faults


def _write(place: str, content: bytes) -> None:
    """Write a file in one piece: whoever reads it sees the old one or the new one. A link is replaced, not followed."""
    if place == STANDARD_OUTPUT:
        try:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except OSError:
            lead_nowhere(sys.stdout)
            raise
        return
    target = Path(place)
    if target.exists() and not target.is_file():  # a pipe or a device, as in --json >(command)
        target.write_bytes(content)
        return
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    except PermissionError:  # the file may be written, its folder may not: not in one piece, then
        target.write_bytes(content)
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_github(document: RunDocument, options: Options) -> None:
    """In GitHub Actions: annotations on the stream that people read, and the job summary. Elsewhere nothing."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    stream = sys.stderr if options.reports_to_stderr else sys.stdout
    for command in annotations(document):
        print(command, file=stream)
    stream.flush()
    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(file).open("a", encoding="utf-8") as out:
                out.write(summary(document, SUMMARY_BYTES - out.tell()))
        except OSError as error:
            print(f"grade: the job summary could not be written ({error.strerror})", file=sys.stderr)
