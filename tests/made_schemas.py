"""Handmade schemas of one analyzer, for the tests."""

import json
from pathlib import Path
from typing import Any

from wirelore.schema.library import BASE, DIALECT, Library


def library(folder: Path, root: dict[str, Any], **files: dict[str, Any]) -> Library:
    """Return a library with the schema of one analyzer `a`, and additional files."""
    for name, document in {"a.json": root, **{f"a/{key}.json": value for key, value in files.items()}}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"$schema": DIALECT, "$id": BASE + name, **document}))
    return Library(folder)
