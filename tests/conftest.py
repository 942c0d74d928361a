"""What tests share: one fork server for the whole suite, and the fast tests first."""

from collections.abc import Iterator

import pytest

from grader.sandbox.launch import ServerHandle, start_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first; those that start TensorFlow last. The order within each half stays."""
    items.sort(key=lambda item: item.get_closest_marker("tensorflow") is not None)


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ServerHandle]:
    """The suite's one fork server; its TensorFlow stage is waited for by whoever needs it."""
    with start_server(["numpy", "tensorflow"], "auto") as server:
        yield server
