"""The JSON files of a folder of schemas, read as objects."""

import json
from pathlib import Path
from typing import Any

from wirelore.schema.validation import BadSchema


def json_object(path: Path) -> dict[str, Any]:
    """Read the JSON object in a file. Raises BadSchema for other content, and OSError if the file cannot be read."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except ValueError as fault:
        raise BadSchema(f"{path}: not JSON ({fault}); correct it, or restore a packaged file") from None
    if not isinstance(document, dict):
        raise BadSchema(f"{path}: a JSON {type(document).__name__}, expected an object")
    return document
