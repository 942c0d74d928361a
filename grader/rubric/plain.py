"""A rubric under plain pytest: ``pytest assignments/softmax/rubric --submission some.ipynb``.

The same kernel, questions and checks as in a graded run; failures are pytest's own, and nothing is scored.
"""

import asyncio
import os
from collections.abc import Collection
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import pytest

from grader.assignment import CONFIG, load
from grader.diagnosis.models import FaultyCell
from grader.errors import GraderError, UnreadableNotebook
from grader.kernel.session import Session
from grader.notebook.read import read
from grader.notebook.repair import Surroundings, repair
from grader.rubric.student import Student
from grader.sandbox.connect import connect
from grader.sandbox.launch import start_server
from grader.sandbox.protocol import KernelOrder, Stage


class PlainRun:
    """One notebook behind the ``student`` fixture, for the length of one pytest session; executed when the first test asks.

    Raises pytest.UsageError where the notebook or the assignment cannot be used.
    """

    def __init__(self, notebook: str, tests: Collection[Path]) -> None:
        folders = {_folder(test) for test in tests}
        if len(folders) > 1:
            names = ", ".join(sorted(str(folder) for folder in folders))
            raise pytest.UsageError(
                f"--submission is examined by one rubric, these tests are of several ({names}): name one"
            )
        self._folder = folders.pop()
        try:
            self._assignment = load(self._folder)
            self._submission = repair(
                read(Path(notebook), self._assignment.limits), Surroundings(support=self._assignment.support)
            )
        except UnreadableNotebook as error:
            raise pytest.UsageError(f"--submission {notebook}: {error}") from error
        except GraderError as error:
            raise pytest.UsageError(str(error)) from error
        self._open = ExitStack()

    @cached_property
    def student(self) -> Student:
        """The submission, its cells run. Raises GraderError where no kernel can be started."""
        assignment, submission = self._assignment, self._submission
        seed = submission.seed(os.environ.get("GRADER_SALT") or assignment.salt)
        loop = asyncio.new_event_loop()
        self._open.callback(loop.close)
        server = start_server(assignment.preload, "auto", hide=[self._folder])
        self._open.callback(server.close)
        sandbox = connect(server.address, "auto")
        self._open.callback(sandbox.close)
        stage: Stage = "tensorflow" if "tensorflow" in assignment.preload else "plain"
        session = Session(
            sandbox,
            submission,
            assignment.limits,
            order=KernelOrder(limits=assignment.limits, stage=stage, support=assignment.support),
            seed=seed % 2**32,
            loop=loop,
            progress=lambda *_: None,
            max_epochs=assignment.max_epochs,
        )
        self._open.callback(session.close)
        execution = session.execute()
        faulty = [
            FaultyCell(one.cell, one.name, one.message, submission.cells[one.cell].source) for one in execution.errors
        ]
        names = [name for exercise in assignment.exercises for name in exercise.names]
        return Student(session, seed, session.names(names), faulty=faulty, capped=execution.capped_epochs)

    def close(self) -> None:
        """End the kernel and the server."""
        self._open.close()


def _folder(test: Path) -> Path:
    """The assignment that a test belongs to. Raises pytest.UsageError where it belongs to none."""
    folder = next((place for place in test.parents if (place / CONFIG).is_file()), None)
    if folder is None:
        raise pytest.UsageError(f"{test} is in no assignment: no parent folder holds {CONFIG}")
    return folder
