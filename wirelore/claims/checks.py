"""The checks of a ledger, compiled into one schema that evaluates all of them in one pass over an envelope.

The result of each check is reported by a mark, a member beside the envelope that a false schema rejects. So an envelope
is read once, regardless of the number of checks, and no error contains a copy of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wirelore.model import json_pointer
from wirelore.schema.claims import Check, ClaimsError
from wirelore.schema.judge import Departure, Judge
from wirelore.schema.validation import BadSchema, SchemaSet, Validator

Steps = tuple[str, ...]
"""A place in an envelope: names of members, `*` for elements and for members with any name."""

_SAME_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_CHILDREN = ("items", "prefixItems", "contains", "unevaluatedItems", "additionalProperties", "unevaluatedProperties")
_URN = "urn:wirelore:check:"


@dataclass(frozen=True, slots=True)
class Named:
    """A check with its name in error messages."""

    name: str
    check: Check


class Checks:
    """Compiled checks."""

    def __init__(self, checks: Sequence[Named], documents: Mapping[str, dict[str, Any]] | None = None) -> None:
        """Compile checks, which may refer to `documents`, schemas by `$id`. Raises ClaimsError for an invalid check."""
        self._checks = list(checks)
        self._documents = dict(documents or {})
        self._judges: dict[int, Judge] = {}
        self._marks = {_mark(number, holds=holds): 0 for number in range(len(checks)) for holds in (True, False)}
        schema = {"allOf": [self._rule(number, named.check) for number, named in enumerate(checks)]} if checks else {}
        self._validator = self._compiled(schema)

    def verdicts(self, envelope: Mapping[str, Any]) -> Iterator[tuple[int, bool]]:
        """Yield the number of each check that selects the envelope, in order, and True if the envelope satisfies it."""
        instance = {"exchange": envelope, "marks": self._marks}
        failed = [str(failure.path[-1]) for failure in self._validator.failures(instance)]
        yield from sorted((int(mark[:-1]), mark[-1] == "+") for mark in failed)

    def departures(self, number: int, envelope: Mapping[str, Any]) -> list[Departure]:
        """Return the departures of an envelope from a check."""
        if number not in self._judges:
            must = _identified(self._checks[number].check.must, f"{_URN}{number}:must")
            self._judges[number] = Judge(must["$id"], {must["$id"]: must, **self._documents})
        return list(self._judges[number].departures(envelope, None))

    def _rule(self, number: int, check: Check) -> dict[str, Any]:
        when, must = (
            {"properties": {"exchange": _identified(schema, f"{_URN}{number}:{name}")}}
            for name, schema in (("when", check.when), ("must", check.must))
        )
        outcome = {"if": must, "then": _failing_mark(number, holds=True), "else": _failing_mark(number, holds=False)}
        return {"if": when, "then": outcome}

    def _compiled(self, schema: dict[str, Any]) -> Validator:
        schemas = SchemaSet(self._documents)
        try:
            return schemas.validator(schema)
        except BadSchema as fault:
            for named in self._checks:
                for member, part in (("when", named.check.when), ("must", named.check.must)):
                    try:
                        schemas.validator(_identified(part, f"{_URN}{member}"))
                    except BadSchema as own:
                        raise ClaimsError(f"{named.name}: {member}: {_first_line(own)}; correct the schema") from None
            raise ClaimsError(f"the checks together: {_first_line(fault)}") from None


def reads(schema: Any) -> frozenset[Steps]:
    """Return every place that a schema names, following references within the schema."""
    return frozenset(_reads(schema, (), schema, frozenset()))


def _reads(schema: Any, place: Steps, root: Any, followed: frozenset[str]) -> Iterator[Steps]:
    if isinstance(schema, list):
        for item in schema:
            yield from _reads(item, place, root, followed)
    if not isinstance(schema, Mapping):
        return
    for name in _names(schema):
        yield (*place, name)
    for keyword in ("properties", "dependentSchemas"):
        for name, child in schema.get(keyword, {}).items():
            yield from _reads(child, (*place, name) if keyword == "properties" else place, root, followed)
    for child in schema.get("patternProperties", {}).values():
        yield from _reads(child, (*place, "*"), root, followed)
    for keyword in _CHILDREN:
        yield from _reads(schema.get(keyword), (*place, "*"), root, followed)
    for keyword in _SAME_PLACE:
        yield from _reads(schema.get(keyword), place, root, followed)
    reference = schema.get("$ref", "")
    if reference.startswith("#/") and reference not in followed:
        yield from _reads(_resolve(root, reference), place, root, followed | {reference})


def _names(schema: Mapping[str, Any]) -> Iterable[str]:
    dependent = schema.get("dependentRequired", {})
    dependents = (name for names in dependent.values() for name in names)
    return {*schema.get("properties", ()), *schema.get("required", ()), *dependent, *dependents}


def _resolve(root: Any, reference: str) -> Any:
    node = root
    for name in json_pointer.parse(reference.removeprefix("#")):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _identified(schema: Any, uri: str) -> dict[str, Any]:
    """Return the schema with an `$id` of its own, so that its references resolve within it."""
    if isinstance(schema, Mapping):
        return {**schema, "$id": uri}
    return {"$id": uri} if schema else {"$id": uri, "not": {}}


def _first_line(fault: Exception) -> str:
    return str(fault).partition("\n")[0]


def _failing_mark(number: int, *, holds: bool) -> dict[str, Any]:
    return {"properties": {"marks": {"properties": {_mark(number, holds=holds): False}}}}


def _mark(number: int, *, holds: bool) -> str:
    return f"{number}{'+' if holds else '-'}"
