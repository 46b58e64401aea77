"""The contract: the schemas inside an OpenAPI document, each compiled when first asked, as any reader of it would.

Formats are asserted. What fails is explained down to the variant that was meant.
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
"""References that are followed from one place before they are taken for a circle."""
_TELLS_APART = frozenset({"const", "not", "enum"})
_TYPES: dict[type, str] = {
    type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array",
}  # fmt: skip

Place = tuple[str, ...]
"""The steps from the document's root to a schema, not escaped."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where a value is not what the document says."""

    pointer: Steps
    """The place in the value; for a missing member, the member's own place."""
    keyword: str
    """The JSON Schema keyword that fails."""
    message: str
    """What is wrong; it never holds the value itself."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failure with those of a union's branches, read once."""

    keyword: str
    pointer: Steps
    expected: Any
    member: str | None
    cases: tuple[tuple["_Failure", ...], ...]
    """What fails in each branch of a union."""


class Contract:
    """An OpenAPI document as something that values are held against. The document must not change any more."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._compiled: dict[Place, Validator] = {}

    def resolved(self, place: Place) -> tuple[Place, Any]:
        """The place and the node that a place stands for, references followed.

        Raises BadSchema if there is none, or if a reference leads out of the document or in a circle.
        """
        for _ in range(_DEEPEST):
            node = self._node(place)
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str):
                return place, node
            if not reference.startswith("#/"):
                raise BadSchema(f"{_fragment(place)}: a reference to {reference}, expected one into the document")
            place = json_pointer.parse(reference[1:])
        raise BadSchema(f"{_fragment(place)}: references in a circle")

    def holds(self, place: Place, value: Any) -> bool:
        """Whether a value is what the schema at a place says. Raises BadSchema if there is no usable schema."""
        return self._validator(place).holds(value)

    def flaws(self, place: Place, value: Any) -> list[Flaw]:
        """Every flaw of a value, sorted; empty if it holds. Raises BadSchema if there is no usable schema."""
        if self.holds(place, value):
            return []
        found = {flaw for failure in self._validator(place).failures(value) for flaw in _flaws(_tree(failure), value)}
        return sorted(found, key=lambda flaw: (tuple(map(str, flaw.pointer)), flaw.keyword, flaw.message))

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
    """The flaws behind a failure: those of the variant that was meant, if it is a union that fails."""
    depth = len(failure.pointer)
    if not all(failure.cases) or not failure.cases:  # a case without failures is a variant that fits
        pointer = failure.pointer if failure.member is None else (*failure.pointer, failure.member)
        yield Flaw(pointer, failure.keyword, _message(failure, value))
        return
    fitting = [case for case in failure.cases if not any(_excludes(one, depth) for one in case)]
    if not fitting and len(failure.cases) == 1:
        fitting = [tuple(one for one in failure.cases[0] if _excludes(one, depth))]
    if fitting:  # several say the same in an open list: the fewest failures tell enough
        for inner in min(fitting, key=len):
            yield from _flaws(inner, value)
        return
    of_type = [[one for one in case if len(one.pointer) == depth and one.keyword == "type"] for case in failure.cases]
    if all(of_type):
        expected = {name for case in of_type for one in case for name in _names(one.expected)}
        yield Flaw(failure.pointer, "type", _message(replace(failure, keyword="type", expected=expected), value))
        return
    tags = {one.pointer for case in failure.cases for one in case if _excludes(one, depth) and len(one.pointer) > depth}
    yield Flaw(tags.pop() if len(tags) == 1 else failure.pointer, failure.keyword, "none of the variants")


def _excludes(failure: _Failure, depth: int) -> bool:
    """Whether the failure tells that a branch was not meant: the value, or a member of it, has another type or tag."""
    level = len(failure.pointer) - depth
    return (level == 0 and failure.keyword in {"type", *_TELLS_APART}) or (
        level == 1 and failure.keyword in _TELLS_APART
    )


def _message(failure: _Failure, value: Any) -> str:
    keyword, expected = failure.keyword, failure.expected
    if keyword == "required":
        return "missing"
    if keyword == "type":
        there = _type(json_pointer.value_at(value, failure.pointer))
        return f"{there}, expected {' or '.join(_names(expected)) or 'another type'}"
    if keyword in ("format", "pattern"):
        return f"not of the {keyword} {expected}"
    if keyword in ("enum", "const"):
        return "none of the values listed"
    return "several variants at once" if keyword == "oneOf" else f"does not pass `{keyword}`"


def _names(expected: Any) -> list[str]:
    return [expected] if isinstance(expected, str) else sorted(expected or ())


def _type(value: Any) -> str:
    return _TYPES.get(type(value), type(value).__name__)
