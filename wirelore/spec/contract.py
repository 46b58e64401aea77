"""Validation against the schemas inside an OpenAPI document, each compiled on first use.

Formats are asserted. For a failing union, the flaws are those of the variant that the value is meant to be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from wirelore.model import json_pointer
from wirelore.schema.validation import BadSchema, Failure, SchemaSet, Steps, Validator

_URI = "urn:openapi:document"
_DEEPEST = 64
"""The number of references followed from one place; more are reported as circular."""
_TELLS_APART = frozenset({"const", "not", "enum"})
_TYPES: dict[type, str] = {
    type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array",
}  # fmt: skip

Place = tuple[str, ...]
"""The unescaped steps from the document's root to a node."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where a value violates the document."""

    pointer: Steps
    """The place in the value; for a missing member, the place of the member."""
    keyword: str
    """The JSON Schema keyword that fails."""
    message: str
    """The problem; it never contains the value."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failure with the failures of its union's branches."""

    keyword: str
    pointer: Steps
    expected: Any
    member: str | None
    cases: tuple[tuple["_Failure", ...], ...]
    """The failures in each branch of a union."""


class Contract:
    """An OpenAPI document that validates values. The document must not change afterwards."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._compiled: dict[Place, Validator] = {}

    def resolved(self, place: Place) -> tuple[Place, Any]:
        """Return the place and node at a place, after following references.

        Raise BadSchema if the node is missing, or if a reference leads out of the document or is circular.
        """
        for _ in range(_DEEPEST):
            node = self._node(place)
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str):
                return place, node
            if not reference.startswith("#/"):
                raise BadSchema(f"{_fragment(place)}: reference to {reference}, expected one inside the document")
            place = json_pointer.parse(reference[1:])
        raise BadSchema(f"{_fragment(place)}: circular references")

    def holds(self, place: Place, value: Any) -> bool:
        """Return True if a value is valid for the schema at a place. Raise BadSchema if the schema is unusable."""
        return self._validator(place).holds(value)

    def flaws(self, place: Place, value: Any) -> list[Flaw]:
        """Return all flaws of a value, sorted. Raise BadSchema if the schema is unusable."""
        if self.holds(place, value):
            return []
        flaws = {flaw for failure in self._validator(place).failures(value) for flaw in _flaws(_tree(failure), value)}
        return sorted(flaws, key=lambda flaw: (tuple(map(str, flaw.pointer)), flaw.keyword, flaw.message))

    def _node(self, place: Place) -> Any:
        node: Any = self.document
        for step in place:
            try:
                node = node[int(step)] if isinstance(node, list) else node[step]
            except (LookupError, ValueError, TypeError):
                raise BadSchema(f"{_fragment(place)}: not in the document") from None
        return node

    def _validator(self, place: Place) -> Validator:
        if place not in self._compiled:
            try:
                self._compiled[place] = self._schemas.validator({"$ref": _URI + _fragment(place)}, formats=True)
            except BadSchema as fault:
                raise BadSchema(f"{_fragment(place)}: {fault}") from None
        return self._compiled[place]

    @cached_property
    def _schemas(self) -> SchemaSet:
        try:
            return SchemaSet({_URI: self.document})
        except BadSchema as fault:
            raise BadSchema(f"the OpenAPI document: {fault}") from None


def _fragment(place: Sequence[str]) -> str:
    return "#" + quote(json_pointer.pointer(place), safe="/~")


def _tree(failure: Failure) -> _Failure:
    cases = tuple(tuple(map(_tree, case)) for case in failure.cases)
    member = next(iter(failure.members), None) if failure.keyword == "required" else None
    return _Failure(failure.keyword, failure.path, failure.expected, member, cases)


def _flaws(failure: _Failure, value: Any) -> Iterator[Flaw]:
    """Yield the flaws of a failure; of a union, those of the variant that the value is meant to be."""
    depth = len(failure.pointer)
    if not all(failure.cases) or not failure.cases:  # a case without failures is a variant that matches
        pointer = failure.pointer if failure.member is None else (*failure.pointer, failure.member)
        yield Flaw(pointer, failure.keyword, _message(failure, value))
        return
    candidates = [case for case in failure.cases if not any(_excludes(inner, depth) for inner in case)]
    if not candidates and len(failure.cases) == 1:
        candidates = [tuple(inner for inner in failure.cases[0] if _excludes(inner, depth))]
    if candidates:  # the branches of an open list repeat each other, so the one with the fewest failures suffices
        for inner in min(candidates, key=len):
            yield from _flaws(inner, value)
        return
    wrong_types = [
        [inner for inner in case if len(inner.pointer) == depth and inner.keyword == "type"] for case in failure.cases
    ]
    if all(wrong_types):
        expected = {name for case in wrong_types for inner in case for name in _names(inner.expected)}
        yield Flaw(failure.pointer, "type", _message(replace(failure, keyword="type", expected=expected), value))
        return
    excluding = [inner for case in failure.cases for inner in case if _excludes(inner, depth)]
    tags = {inner.pointer for inner in excluding if len(inner.pointer) > depth}
    pointer = tags.pop() if len(tags) == 1 else failure.pointer
    yield Flaw(pointer, failure.keyword, "matches none of the variants")


def _excludes(failure: _Failure, depth: int) -> bool:
    """Return True if a failure rules out a branch: the value, or a member of it, has a different type or tag."""
    level = len(failure.pointer) - depth
    return (level == 0 and failure.keyword in {"type", *_TELLS_APART}) or (
        level == 1 and failure.keyword in _TELLS_APART
    )


def _message(failure: _Failure, value: Any) -> str:
    keyword, expected = failure.keyword, failure.expected
    if keyword == "required":
        return "missing"
    if keyword == "type":
        actual = _type(json_pointer.value_at(value, failure.pointer))
        return f"{actual}, expected {' or '.join(_names(expected)) or 'another type'}"
    if keyword in ("format", "pattern"):
        return f"does not match the {keyword} {expected}"
    if keyword in ("enum", "const"):
        return "not one of the listed values"
    return "matches several variants" if keyword == "oneOf" else f"violates `{keyword}`"


def _names(expected: Any) -> list[str]:
    return [expected] if isinstance(expected, str) else sorted(expected or ())


def _type(value: Any) -> str:
    return _TYPES.get(type(value), type(value).__name__)
