"""One run of ``grade``, or one after every save: plan, start what is needed, grade, report."""

import sys
from pathlib import Path
from typing import Self

from grader.cli.options import Options, default_jobs
from grader.cli.outputs import write_files, write_github
from grader.cli.paint import Painter
from grader.cli.progress import ProgressLine
from grader.cli.statuses import exit_status
from grader.errors import GraderFault, UsageError
from grader.report import plain
from grader.report.audience import for_audience
from grader.report.blocks import Blank, Block, Paragraph, Span
from grader.report.safe import clean_line, clean_lines
from grader.run import Plan, Results, document, grade, open_pool, plan, unread
from grader.sandbox.launch import start_server
from grader.verdict import RunDocument
from grader.watch import look, next_save
from grader.workers.pool import Heard


def once(options: Options, cwd: Path) -> int:
    """Grade what is asked for and report it; the exit status. Raises UsageError."""
    made = plan(options.submissions, options.assignment, cwd)
    painter = _painter(options)
    _announce(painter, made, options)
    if made.assignment is None:
        return _report(painter, options, made, unread(made))
    with _Running(made, options) as running:
        results = running.grade(made)
        failure = running.failure()
    status = _report(painter, options, made, results)
    if failure and options.audience == "instructor":
        painter.show([Blank(), Paragraph((Span("The fork server ended early:", "bad"),)), *_lines(failure)])
    return status


def watched(options: Options, cwd: Path) -> int:
    """Grade one notebook now, and again whenever it is saved, until Ctrl-C. Raises UsageError and KeyboardInterrupt."""
    made = plan(options.submissions, options.assignment, cwd)
    if len(made.submissions) != 1 or not (cwd / options.submissions[0]).is_file():
        raise UsageError(f"--watch {' '.join(options.submissions)}: give one notebook")
    painter = _painter(options)
    _announce(painter, made, options)
    file = made.submissions[0].file
    seen = look(file)
    while made.assignment is None:
        _report(painter, options, made, unread(made))
        _wait_said(painter)
        seen = next_save(file, seen)
        made = plan(options.submissions, options.assignment, cwd)
    with _Running(made, options) as running:
        while True:
            _report(painter, options, made, running.grade(made))
            _wait_said(painter)
            seen = next_save(file, seen)


class _Running:
    """The fork server and the conductors of one assignment, warm for as long as this is open."""

    def __init__(self, made: Plan, options: Options) -> None:
        assert made.assignment is not None
        self._options = options
        self._line: ProgressLine | None = None
        secret = [made.assignment.folder, *{one.file.parent for one in made.submissions}]
        self._server = start_server(made.assignment.preload, options.sandbox, hide=secret)
        try:
            size = default_jobs(options.jobs, len(made.submissions))
            self._pool = open_pool(made.assignment, self._server.address, options.sandbox, size, self._hear)
        except BaseException:
            self._server.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._pool.close(at_once=kind is not None)
        finally:
            self._server.close()

    def grade(self, made: Plan) -> Results:
        """Grade the submissions of a plan, with a progress line."""
        with ProgressLine(sys.stderr, made.submissions, quiet=self._options.quiet) as line:
            self._line = line
            return grade(made, self._pool, line.finish)

    def failure(self) -> str | None:
        """What the fork server wrote before it ended by itself, or None where it runs."""
        return self._server.failure()

    def _hear(self, heard: Heard) -> None:
        if self._line is not None:
            self._line.hear(heard)


def _painter(options: Options) -> Painter:
    return Painter(sys.stderr if options.reports_to_stderr else sys.stdout)


def _announce(painter: Painter, made: Plan, options: Options) -> None:
    blocks: list[Block] = []
    if made.said:
        blocks.append(Paragraph((Span("Note: ", "part"), Span(clean_line(made.said)))))
    if made.assignment is not None and not options.quiet:
        info = document(made, Results((), {})).assignment
        blocks += plain.header(info, str(made.assignment.folder))
    painter.show(blocks)


def _lines(text: str) -> list[Block]:
    return [Paragraph((Span(line, "quiet"),), indent=2) for line in clean_lines(text).splitlines()]


def _wait_said(painter: Painter) -> None:
    painter.show([Blank(), Paragraph((Span("Waiting for the next save; Ctrl-C ends.", "quiet"),))])


def _report(painter: Painter, options: Options, made: Plan, results: Results) -> int:
    """Write every output for its audience; the exit status. Raises GraderFault, after all else, for one that cannot be written."""
    whole = document(made, results)
    shown = for_audience(whole, options.audience)
    faults = write_files(shown, options)
    painter.show(_blocks(shown, results, options))
    write_github(shown, options)
    if faults:
        raise GraderFault("\n".join(faults))
    return exit_status(whole, options.fail_under, exit_zero=options.exit_zero)


def _blocks(shown: RunDocument, results: Results, options: Options) -> list[Block]:
    if options.quiet:
        weak = next((one for one in shown.submissions if one.isolation.mode in plain.WEAK), None)
        warning = [] if weak is None else plain.isolation(weak)
        return [*(Paragraph(plain.quiet(one), whole=True) for one in shown.submissions), *warning]
    if len(shown.submissions) == 1:
        return plain.submission(shown.submissions[0], results.place)
    return plain.class_report(shown)
