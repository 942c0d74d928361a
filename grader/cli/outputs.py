"""Write what was asked for: the run document, JUnit, and what GitHub Actions reads. All from a document cut to its audience."""

import os
import sys
import tempfile
from pathlib import Path

from grader.cli.options import STANDARD_OUTPUT, Options
from grader.report.document import to_json
from grader.report.github import SUMMARY_BYTES, annotations, summary
from grader.report.junit import to_junit
from grader.verdict import RunDocument


def write_files(document: RunDocument, options: Options) -> None:
    """Write ``--json`` and ``--junit``. Raises OSError where a file cannot be written after all."""
    if options.json is not None:
        _write(options.json, to_json(document))
    if options.junit is not None:
        _write(options.junit, to_junit(document))


def _write(place: str, content: bytes) -> None:
    """Write a file in one piece: whoever reads it sees the old one or the new one. A link is replaced, not followed."""
    if place == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    target = Path(place)
    if target.exists() and not target.is_file():  # a pipe or a device, as in --json >(command)
        target.write_bytes(content)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
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
        with Path(file).open("a", encoding="utf-8") as out:
            out.write(summary(document, SUMMARY_BYTES - out.tell()))
