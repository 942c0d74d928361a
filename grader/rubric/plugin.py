"""The pytest plugin: the ``points`` marker, the fixtures a rubric uses, and ``--submission`` for plain pytest.

The conductor and plain ``pytest assignments/<id>/rubric --submission x.ipynb`` load the same plugin; they differ only in
who puts the submission under examination into the configuration's stash.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from grader.rubric.marks import MARKER, MARKER_HELP
from grader.rubric.outcomes import Failure

if TYPE_CHECKING:
    from grader.rubric.plain import PlainRun
    from grader.rubric.student import Student

STUDENT: "pytest.StashKey[Student]" = pytest.StashKey()
_PLAIN: "pytest.StashKey[PlainRun]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--submission``."""
    group = parser.getgroup("grader", "grading of notebooks")
    group.addoption("--submission", metavar="NOTEBOOK", help="the notebook that the rubric's tests examine")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, so that ``--strict-markers`` knows it."""
    config.addinivalue_line("markers", MARKER_HELP)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the kernel and the server that a plain run started."""
    plain = config.stash.get(_PLAIN, None)
    if plain is not None:
        plain.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a student's failure as the line the student reads: the rubric's own frames say nothing about it."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, Failure):
        marker = item.get_closest_marker(MARKER)
        title = marker.kwargs.get("title", item.name) if marker else item.name
        report.longrepr = f"{title}: {call.excinfo.value.message}"
    return report


@pytest.fixture
def student(request: pytest.FixtureRequest) -> "Student":
    """The submission under examination: call its functions, ask its models."""
    config = request.config
    if STUDENT not in config.stash:
        notebook = config.getoption("--submission")
        if not notebook:
            pytest.skip("a rubric's test examines a notebook: give --submission NOTEBOOK")
        # A plain run needs the whole kernel side; a pytest run that has nothing to do with grading must not import it.
        from grader.rubric import plain as kernel_side  # noqa: PLC0415 - see above

        plain = kernel_side.PlainRun(notebook, request.path)
        config.stash[_PLAIN] = plain
        config.stash[STUDENT] = plain.student
    subject = config.stash[STUDENT]
    marker = request.node.get_closest_marker(MARKER)
    subject.exercise = marker.kwargs.get("exercise", "") if marker else ""
    return subject
