"""The pytest plugin: the ``points`` marker, the fixtures a rubric uses, and ``--submission`` for plain pytest.

The conductor and plain ``pytest assignments/<id>/rubric --submission x.ipynb`` load the same plugin; they differ only in
who puts the submission under examination into the configuration's stash.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from grader.errors import GraderError
from grader.rubric.marks import MARKER, MARKER_HELP
from grader.rubric.outcomes import Failure

if TYPE_CHECKING:
    from grader.rubric.plain import PlainRun
    from grader.rubric.student import Student

STUDENT: "pytest.StashKey[Student]" = pytest.StashKey()
NO_GRADE = 3
"""Exit status of a plain run that could not examine the notebook: the command's own."""
_PLAIN: "pytest.StashKey[PlainRun]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--submission``."""
    group = parser.getgroup("grader", "grading of notebooks")
    group.addoption("--submission", metavar="NOTEBOOK", help="the notebook that the rubric's tests examine")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, so that ``--strict-markers`` knows it."""
    config.addinivalue_line("markers", MARKER_HELP)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look at the submission and its assignment before any test runs. Raises pytest.UsageError where one cannot be used."""
    notebook = session.config.getoption("--submission")
    tests = {item.path for item in session.items if "student" in getattr(item, "fixturenames", ())}
    if notebook and tests:
        # A plain run needs the whole kernel side; a pytest run that has nothing to do with grading must not import it.
        from grader.rubric.plain import PlainRun  # noqa: PLC0415 - see above

        session.config.stash[_PLAIN] = PlainRun(notebook, tests)


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
        if not config.getoption("--submission"):
            pytest.skip("a rubric's test examines a notebook: give --submission NOTEBOOK")
        try:
            config.stash[STUDENT] = config.stash[_PLAIN].student
        except GraderError as error:
            pytest.exit(f"no notebook was examined, the grader itself failed: {error}", returncode=NO_GRADE)
    subject = config.stash[STUDENT]
    marker = request.node.get_closest_marker(MARKER)
    subject.exercise = marker.kwargs.get("exercise", "") if marker else ""
    return subject
