"""Hints: what is known beforehand of members by their name, and by the `type` of the object around (hints.json)."""

from pathlib import Path

from wirelore.schema.schema_files import json_object
from wirelore.schema.validation import BadSchema

FILE = "hints.json"
OPAQUE, OPEN = "opaque", "open"
KINDS = (OPAQUE, OPEN)
"""Members whose inside is the application's; members whose text is."""

Member = tuple[str, str]
"""The `type` of the object, `*` for any and empty for none, and the member's name."""


def hints(folder: Path) -> dict[str, frozenset[Member]]:
    """The members of each of KINDS in a folder of schemas; none if it has no such file. Raises BadSchema."""
    path = folder / FILE
    if not path.is_file():
        return dict.fromkeys(KINDS, frozenset[Member]())
    document = json_object(path)
    if document.get("format") != 1:
        raise BadSchema(f"{path}: expected a JSON object of format 1")
    return {
        kind: frozenset(_member(path, kind, *entry) for entry in enumerate(document.get(kind, ()))) for kind in KINDS
    }


def _member(path: Path, kind: str, number: int, entry: object) -> Member:
    place = entry.get("place") if isinstance(entry, dict) else entry
    if not isinstance(place, str) or "." not in place:
        raise BadSchema(f"{path}: {kind}/{number} has the place {place!r}, expected <type>.<member>")
    around, _, member = place.partition(".")
    return around, member
