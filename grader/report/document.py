"""The run document as bytes, and its JSON Schema, both made from the types of ``grader.verdict``."""

import json
from typing import Any

import msgspec

from grader.verdict import RunDocument

SCHEMA_TITLE = "The run document of grade, schema version 1"


def to_json(document: RunDocument) -> bytes:
    """The document as indented UTF-8 JSON with a final newline.

    ``##[`` is written with an escape of the same meaning: the runner of GitHub Actions takes it for a command wherever it
    stands in a line, and the document may be written to standard output.
    """
    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2)
    return encoded.replace(b"##[", b"#\\u0023[") + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the run document. Every field is always written, so every field is required."""
    (root,), components = msgspec.json.schema_components([RunDocument], ref_template="#/$defs/{name}")
    for component in components.values():
        component["required"] = list(component.get("properties", {}))
        for field in component.get("properties", {}).values():
            field.pop("default", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA_TITLE,
        **root,
        "$defs": dict(sorted(components.items())),
    }


def schema_text() -> str:
    """The schema as it is committed under ``docs/``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
