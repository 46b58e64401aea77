"""How named values vary: not at all, with the version of the client, from session to session, or with each request.

What is kept is bounded, and the same in whatever order it is learned: of many versions those whose hashes are the
smallest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from wirelore.learning.string_forms import short_hash

KEPT: Final = 8
"""Versions of which the value is kept for each name."""

_SEVERAL: Final = "several"


@dataclass(frozen=True, slots=True)
class Varying:
    """What is known of one name's values. Versions and values are short hashes."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """By version its one value, or `several`."""
    changed: bool = False
    """Whether a session has changed the value."""
    kept: bool = False
    """Whether a session has repeated the value."""

    @property
    def kind(self) -> str | None:
        """`constant`, or what the value varies with: `version`, `session`, `request`; None while that is unknown."""
        if self.changed:
            return "request"
        values = set(self.versions.values())
        if _SEVERAL in values:
            return "session" if self.kept else None
        if len(values) > 1:
            return "version"
        return "constant" if self.kept or len(self.versions) > 1 else None

    def has(self, one: "Varying") -> bool:
        """Whether one message shows nothing that is not known: quicker than joining."""
        if one.changed > self.changed or one.kept > self.kept:
            return False
        ((version, value),) = one.versions.items()
        if version in self.versions:
            return self.versions[version] in (value, _SEVERAL)
        return len(self.versions) == KEPT and version > max(self.versions)


def shown(values: Iterable[str], version: str, changed: bool, kept: bool) -> Varying:
    """What the values of one name in one message show."""
    return Varying({_hash(version): _hash("\n".join(values))}, changed, kept)


_hash = lru_cache(maxsize=4096)(short_hash)


def joined(a: Varying, b: Varying) -> Varying:
    """What is known when both are known: associative, commutative, idempotent."""
    if a == b:
        return a
    versions: dict[str, str] = {}
    for version in sorted(a.versions.keys() | b.versions.keys())[:KEPT]:
        values = {known[version] for known in (a.versions, b.versions) if version in known}
        versions[version] = values.pop() if len(values) == 1 else _SEVERAL
    return Varying(versions, a.changed or b.changed, a.kept or b.kept)


def to_note(known: Mapping[str, Varying]) -> dict[str, Any]:
    """The annotation `x-varies`, by name."""
    return {name: _noted(each) for name, each in sorted(known.items())}


def from_note(note: Mapping[str, Any]) -> dict[str, Varying]:
    """What an annotation `x-varies` says."""
    return {
        name: Varying(_pairs(each["versions"]), each.get("changed", False), each.get("kept", False))
        for name, each in note.items()
    }


def _noted(known: Varying) -> dict[str, Any]:
    return {
        **({"with": known.kind} if known.kind else {}),
        **({"changed": True} if known.changed else {}),
        **({"kept": True} if known.kept else {}),
        "versions": " ".join(f"{version}:{value}" for version, value in sorted(known.versions.items())),
    }


def _pairs(text: str) -> dict[str, str]:
    return {version: value for version, _, value in (pair.partition(":") for pair in text.split())}
