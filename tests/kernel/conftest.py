"""Sessions on real kernels, for tests of the kernel package."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.kernel.session import Session
from grader.limits import Limits
from grader.notebook.cells import Notebook
from grader.notebook.read import read
from grader.sandbox.connect import connect
from grader.sandbox.launch import ServerHandle
from grader.sandbox.protocol import KernelOrder, Sandbox, Stage

OpenSession = Callable[..., Session]


def notebook_of(*sources: str) -> Notebook:
    """A notebook of code cells."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for source in sources
    ]
    return read(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode())


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that all sessions of the suite are used from."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def sandbox(fork_server: ServerHandle, loop: asyncio.AbstractEventLoop) -> Iterator[Sandbox]:  # noqa: ARG001 - the loop outlives it
    """Kernels of the suite's fork server."""
    sandbox = connect(fork_server.address, "auto")
    yield sandbox
    sandbox.close()


@pytest.fixture
def open_session(sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> Iterator[OpenSession]:
    """Make sessions of notebooks given as cells' sources; they are closed after the test."""
    opened: list[Session] = []

    def make(*sources: str, limits: Limits | None = None, stage: Stage = "plain", **settings: Any) -> Session:
        limits = limits or Limits()
        settings = {"progress": lambda *_: None, "seed": 5, **settings}
        order = KernelOrder(limits, stage=stage)
        session = Session(sandbox, notebook_of(*sources), limits, order=order, loop=loop, **settings)
        opened.append(session)
        return session

    yield make
    for session in opened:
        session.close()
