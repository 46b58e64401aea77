"""The checks of a ledger, compiled into one schema that decides all of them in one pass over an envelope.

Which checks select an exchange, and which of those it satisfies, is told by marks: members that a false schema refuses
beside the envelope. So an envelope is read once, however many checks there are, and no error carries a copy of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wirelore.model import json_pointer
from wirelore.schema.claims import Check, ClaimsError
from wirelore.schema.judge import Departure, Judge
from wirelore.schema.validation import BadSchema, SchemaSet, Validator

Steps = tuple[str, ...]
"""A place in an envelope: members by their names, `*` for elements and for members that have no name."""

_SAME_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_BELOW = ("items", "prefixItems", "contains", "unevaluatedItems", "additionalProperties", "unevaluatedProperties")
_URN = "urn:wirelore:check:"


@dataclass(frozen=True, slots=True)
class Named:
    """A check with the name that errors call it by."""

    name: str
    check: Check


class Checks:
    """Checks, compiled."""

    def __init__(self, checks: Sequence[Named], documents: Mapping[str, dict[str, Any]] | None = None) -> None:
        """`documents` are schemas by their `$id` that checks may refer to. Raises ClaimsError for one of no use."""
        self._checks = list(checks)
        self._documents = dict(documents or {})
        self._judges: dict[int, Judge] = {}
        self._marks = {_mark(number, holds=holds): 0 for number in range(len(checks)) for holds in (True, False)}
        schema = {"allOf": [self._rule(number, one.check) for number, one in enumerate(checks)]} if checks else {}
        self._validator = self._compiled(schema)

    def verdicts(self, envelope: Mapping[str, Any]) -> Iterator[tuple[int, bool]]:
        """The numbers of the checks that select the envelope, in order, each with whether it satisfies them."""
        instance = {"exchange": envelope, "marks": self._marks}
        found = [str(failure.path[-1]) for failure in self._validator.failures(instance)]
        yield from sorted((int(mark[:-1]), mark[-1] == "+") for mark in found)

    def departures(self, number: int, envelope: Mapping[str, Any]) -> list[Departure]:
        """Where an envelope is not what a check wants."""
        if number not in self._judges:
            own = _identified(self._checks[number].check.must, f"{_URN}{number}:must")
            self._judges[number] = Judge(own["$id"], {own["$id"]: own, **self._documents})
        return list(self._judges[number].departures(envelope, None))

    def _rule(self, number: int, check: Check) -> dict[str, Any]:
        when, must = (
            {"properties": {"exchange": _identified(schema, f"{_URN}{number}:{name}")}}
            for name, schema in (("when", check.when), ("must", check.must))
        )
        marked = {"if": must, "then": _refused(number, holds=True), "else": _refused(number, holds=False)}
        return {"if": when, "then": marked}

    def _compiled(self, schema: dict[str, Any]) -> Validator:
        schemas = SchemaSet(self._documents)
        try:
            return schemas.validator(schema)
        except BadSchema as fault:
            for one in self._checks:
                for member, stated in (("when", one.check.when), ("must", one.check.must)):
                    try:
                        schemas.validator(_identified(stated, f"{_URN}{member}"))
                    except BadSchema as own:
                        raise ClaimsError(f"{one.name}: {member}: {_first_line(own)}; correct the schema") from None
            raise ClaimsError(f"the checks together: {_first_line(fault)}") from None


def reads(schema: Any) -> frozenset[Steps]:
    """Every place that a schema speaks of, by the names in it; references within the schema are followed."""
    return frozenset(_reads(schema, (), schema, frozenset()))


def _reads(schema: Any, place: Steps, root: Any, followed: frozenset[str]) -> Iterator[Steps]:
    if isinstance(schema, list):
        for each in schema:
            yield from _reads(each, place, root, followed)
    if not isinstance(schema, Mapping):
        return
    for name in _names(schema):
        yield (*place, name)
    for keyword in ("properties", "dependentSchemas"):
        for name, below in schema.get(keyword, {}).items():
            yield from _reads(below, (*place, name) if keyword == "properties" else place, root, followed)
    for below in schema.get("patternProperties", {}).values():
        yield from _reads(below, (*place, "*"), root, followed)
    for keyword in _BELOW:
        yield from _reads(schema.get(keyword), (*place, "*"), root, followed)
    for keyword in _SAME_PLACE:
        yield from _reads(schema.get(keyword), place, root, followed)
    reference = schema.get("$ref", "")
    if reference.startswith("#/") and reference not in followed:
        yield from _reads(_at(root, reference), place, root, followed | {reference})


def _names(schema: Mapping[str, Any]) -> Iterable[str]:
    dependent = schema.get("dependentRequired", {})
    needed = (name for names in dependent.values() for name in names)
    return {*schema.get("properties", ()), *schema.get("required", ()), *dependent, *needed}


def _at(root: Any, reference: str) -> Any:
    found = root
    for name in json_pointer.parse(reference.removeprefix("#")):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _identified(schema: Any, uri: str) -> dict[str, Any]:
    """The schema under an address of its own, so that its references stay its own."""
    if isinstance(schema, Mapping):
        return {**schema, "$id": uri}
    return {"$id": uri} if schema else {"$id": uri, "not": {}}


def _first_line(fault: Exception) -> str:
    return str(fault).partition("\n")[0]


def _refused(number: int, *, holds: bool) -> dict[str, Any]:
    return {"properties": {"marks": {"properties": {_mark(number, holds=holds): False}}}}


def _mark(number: int, *, holds: bool) -> str:
    return f"{number}{'+' if holds else '-'}"
