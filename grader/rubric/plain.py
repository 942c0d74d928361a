"""A rubric under plain pytest: ``pytest assignments/softmax/rubric --submission some.ipynb``.

The same kernel, questions and checks as in a graded run; failures are pytest's own, and nothing is scored.
"""

import asyncio
import os
from pathlib import Path

import pytest

from grader.assignment import CONFIG, load
from grader.diagnosis.models import FaultyCell
from grader.errors import GraderError
from grader.kernel.session import Session
from grader.notebook.read import read
from grader.notebook.repair import Surroundings, repair
from grader.rubric.student import Student
from grader.sandbox.connect import connect
from grader.sandbox.launch import start_server
from grader.sandbox.protocol import KernelOrder, Stage


class PlainRun:
    """One executed notebook behind the ``student`` fixture, for the length of one pytest session.

    Raises pytest.UsageError where the notebook or the assignment cannot be used.
    """

    def __init__(self, notebook: str, test: Path) -> None:
        folder = next((place for place in test.parents if (place / CONFIG).is_file()), None)
        if folder is None:
            raise pytest.UsageError(f"{test} is in no assignment: no parent folder holds {CONFIG}")
        try:
            assignment = load(folder)
            submission = repair(read(Path(notebook), assignment.limits), Surroundings(support=assignment.support))
        except GraderError as error:
            raise pytest.UsageError(str(error)) from error
        seed = submission.seed(os.environ.get("GRADER_SALT") or assignment.salt)
        self._loop = asyncio.new_event_loop()
        self._server = start_server(assignment.preload, "auto", hide=[folder])
        self._sandbox = connect(self._server.address, "auto")
        stage: Stage = "tensorflow" if "tensorflow" in assignment.preload else "plain"
        order = KernelOrder(limits=assignment.limits, stage=stage, support=assignment.support)
        self._session = Session(
            self._sandbox,
            submission,
            assignment.limits,
            order=order,
            seed=seed % 2**32,
            loop=self._loop,
            progress=lambda *_: None,
            max_epochs=assignment.max_epochs,
        )
        execution = self._session.execute()
        faulty = [
            FaultyCell(one.cell, one.name, one.message, submission.cells[one.cell].source) for one in execution.errors
        ]
        names = [name for exercise in assignment.exercises for name in exercise.names]
        self.student = Student(
            self._session, seed, self._session.names(names), faulty=faulty, capped=execution.capped_epochs
        )

    def close(self) -> None:
        """End the kernel and the server."""
        self._session.close()
        self._sandbox.close()
        self._server.close()
        self._loop.close()
