"""The journal: what is known of an exchange under way, beside its bodies, so that it outlives its recorder.

A file of JSON lines. `document` is the exchange.json without bodies that there would be if the recorder were lost now,
so the last one counts; `bodies` tell by side what a body has come to, where `chunks` are added to those before.
Everything in it is redacted. A line that was cut is the last one, and does not count.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.store import bounded
from wirelore.store.files import put

NAME = "journal.jsonl"


def add(folder: Path, document: Mapping[str, Any], bodies: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Adds a line, or nothing if that fails. Raises OSError."""
    data = codec.line({"document": document, **({"bodies": bodies} if bodies else {})}) + b"\n"
    descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        put(descriptor, data, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def read(folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]] | None:
    """The document and the bodies that all lines make, None if not even the first is whole.

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
