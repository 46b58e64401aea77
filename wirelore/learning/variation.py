"""The variation of named values: constant, or by client version, session or request.

Storage is bounded and independent of the order of learning: of many versions, those with the smallest hashes are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from wirelore.learning.string_forms import short_hash

KEPT: Final = 8
"""Maximum number of stored versions for each name."""

_SEVERAL: Final = "several"


@dataclass(frozen=True, slots=True)
class Varying:
    """The variation of one name's values. Versions and values are short hashes."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """The value of each version, or `several`."""
    changed: bool = False
    """True if the value changed within a session."""
    kept: bool = False
    """True if the value was repeated within a session."""

    @property
    def kind(self) -> str | None:
        """`constant`, or the cause of variation: `version`, `session` or `request`; None if unknown."""
        if self.changed:
            return "request"
        values = set(self.versions.values())
        if _SEVERAL in values:
            return "session" if self.kept else None
        if len(values) > 1:
            return "version"
        return "constant" if self.kept or len(self.versions) > 1 else None

    def has(self, message: "Varying") -> bool:
        """Return True if joining the variation of one message changes nothing; faster than joining."""
        if message.changed > self.changed or message.kept > self.kept:
            return False
        ((version, value),) = message.versions.items()
        if version in self.versions:
            return self.versions[version] in (value, _SEVERAL)
        return len(self.versions) == KEPT and version > max(self.versions)


def from_message(values: Iterable[str], version: str, changed: bool, kept: bool) -> Varying:
    """Return the variation of one name's values in one message."""
    return Varying({_hash(version): _hash("\n".join(values))}, changed, kept)


_hash = lru_cache(maxsize=4096)(short_hash)


def joined(a: Varying, b: Varying) -> Varying:
    """Join two variations; associative, commutative, idempotent."""
    if a == b:
        return a
    versions: dict[str, str] = {}
    for version in sorted(a.versions.keys() | b.versions.keys())[:KEPT]:
        values = {side[version] for side in (a.versions, b.versions) if version in side}
        versions[version] = values.pop() if len(values) == 1 else _SEVERAL
    return Varying(versions, a.changed or b.changed, a.kept or b.kept)


def to_note(variations: Mapping[str, Varying]) -> dict[str, Any]:
    """Return the annotation `x-varies`, by name."""
    return {name: _note(each) for name, each in sorted(variations.items())}


def from_note(note: Mapping[str, Any]) -> dict[str, Varying]:
    """Return the variations in an annotation `x-varies`."""
    return {
        name: Varying(_pairs(each["versions"]), each.get("changed", False), each.get("kept", False))
        for name, each in note.items()
    }


def _note(varying: Varying) -> dict[str, Any]:
    return {
        **({"with": varying.kind} if varying.kind else {}),
        **({"changed": True} if varying.changed else {}),
        **({"kept": True} if varying.kept else {}),
        "versions": " ".join(f"{version}:{value}" for version, value in sorted(varying.versions.items())),
    }


def _pairs(text: str) -> dict[str, str]:
    return {version: value for version, _, value in (pair.partition(":") for pair in text.split())}
