import json
from pathlib import Path

import jsonschema
import msgspec
from report_samples import HOSTILE, everything, run_document, submission

from grader.report.document import schema, schema_text, to_json
from grader.verdict import RunDocument

COMMITTED = Path(__file__).parents[2] / "docs" / "run-document.schema.json"


def test_the_committed_schema_is_the_one_of_the_types() -> None:
    """``docs/run-document.schema.json`` is fresh; ``grader schema > docs/run-document.schema.json`` writes it anew."""
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def test_documents_hold_to_their_schema_and_come_back_unchanged() -> None:
    """What is written validates, and reads back as the same records."""
    whole = everything()
    text = to_json(whole)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    assert msgspec.json.decode(text, type=RunDocument) == whole


def test_every_field_is_always_written() -> None:
    """The schema calls every field required, and the document has each of them, null or not."""
    (ada,) = json.loads(to_json(run_document(submission())))["submissions"]
    assert list(ada) == schema()["$defs"]["SubmissionResult"]["required"]
    assert ada["error"] is None


def test_the_document_holds_no_command_for_a_runner() -> None:
    """The legacy workflow command ``##[`` is escaped; its meaning in JSON is the same."""
    text = to_json(everything())
    assert b"##[" not in text
    assert json.loads(text)["submissions"][3]["id"] == HOSTILE
