"""``grader schema``: the JSON Schema of the run document, from the types it is written from."""

from grader.cli.statuses import REACHED
from grader.report.document import schema_text


def run() -> int:
    """Print the schema."""
    print(schema_text(), end="")
    return REACHED
