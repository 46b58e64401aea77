"""The journal of an exchange in progress, from which it is restored if the recorder is killed.

The journal is a file of JSON lines. `document` is the exchange.json, without bodies, to restore if the recorder is
killed now; the last one counts. `bodies` contains the state of each side's body; its `chunks` are added to those of
earlier lines. Everything in the journal is redacted. Only the last line can be truncated; it is then ignored.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.store import bounded
from wirelore.store.files import write_at

NAME = "journal.jsonl"


def add(folder: Path, document: Mapping[str, Any], bodies: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Append a line atomically. Raises OSError."""
    data = codec.line({"document": document, **({"bodies": bodies} if bodies else {})}) + b"\n"
    descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        write_at(descriptor, data, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def read(folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]] | None:
    """Return the last document and the combined bodies of all lines, or None if no line is complete.

    Raises ValueError, KeyError, TypeError, AttributeError for a journal that no recorder wrote, and OSError.
    """
    document: dict[str, Any] = {}
    bodies: dict[str, dict[str, Any]] = {}
    try:
        content = bounded.read(folder / NAME)
    except FileNotFoundError:
        return None
    for line in content.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        value = codec.loads(line)
        document = value["document"]
        for side, body in value.get("bodies", {}).items():
            chunks = bodies.get(side, {}).get("chunks", [])
            chunks.extend(body["chunks"])
            bodies[side] = {**body, "chunks": chunks}
    return (document, bodies) if document else None
