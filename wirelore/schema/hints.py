"""Hints about members by their name and the `type` of the parent object (hints.json)."""

from pathlib import Path

from wirelore.schema.schema_files import json_object
from wirelore.schema.validation import BadSchema

FILE = "hints.json"
OPAQUE, OPEN = "opaque", "open"
KINDS = (OPAQUE, OPEN)
"""OPAQUE are members whose content belongs to the application, OPEN those whose text belongs to it."""

Member = tuple[str, str]
"""The `type` of the object, `*` for any and empty for none, and the member's name."""


def hints(folder: Path) -> dict[str, frozenset[Member]]:
    """Return the members of each of KINDS in a folder of schemas; empty without a file. Raises BadSchema."""
    path = folder / FILE
    if not path.is_file():
        return dict.fromkeys(KINDS, frozenset[Member]())
    document = json_object(path)
    if document.get("format") != 1:
        raise BadSchema(f"{path}: format {document.get('format')!r}, expected 1")
    return {
        kind: frozenset(_member(path, kind, *entry) for entry in enumerate(document.get(kind, ()))) for kind in KINDS
    }


def _member(path: Path, kind: str, number: int, entry: object) -> Member:
    place = entry.get("place") if isinstance(entry, dict) else entry
    if not isinstance(place, str) or "." not in place:
        raise BadSchema(f"{path}: {kind}/{number}: place is {place!r}, expected <type>.<member>")
    object_type, _, member = place.partition(".")
    return object_type, member
