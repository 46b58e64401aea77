"""The judge: one compiled schema that says whether an observation holds, and where it departs.

Each kind of failure is explained once, by the failing subschema with its annotations; a failure that has no explanation
is reported all the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.model.json_pointer import value_at
from wirelore.schema.evidence import for_client, is_firm, object_around, speaks_of
from wirelore.schema.validation import BadSchema, Explanation, Failure, SchemaSet, Steps

_RULES = {
    "type": "wrong-type",
    "required": "missing-field",
    "additionalProperties": "new-field",
    "enum": "new-value",
    "const": "new-value",
    "maxItems": "new-value",
    "pattern": "wrong-form",
    "format": "wrong-form",
}
_RARE_RULES = {"required": "rarely-there", "type": "rarely-seen-type"}
"""What these keywords are reported as while the samples are too few to make a rule for the client."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One place where an observation is not what its schema says."""

    rule: str
    """The rule's short name, for example `new-field`."""
    pointer: Steps
    """The place in the observation; for a missing or an unknown member, the member's own place."""
    found: Any
    """What stands there; None for a missing member."""
    expected: Any
    """What the schema has for it: the keyword's value."""
    keyword: str = field(default="", compare=False)
    """The JSON Schema keyword that fails."""


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What a departure is graded by."""

    keyword: str
    schema: Mapping[str, Any]
    around: Mapping[str, Any] | None = None
    """The schema whose evidence the keyword rests on; None if it is no matter of evidence."""


class Judge:
    """The schema of one analyzer, compiled: says whether an observation holds, and where it departs."""

    def __init__(self, root: str, documents: Mapping[str, dict[str, Any]]) -> None:
        """`root` is the `$id` of one of the documents, which are found by theirs. Raises BadSchema."""
        self._root, self._documents = root, documents
        self._clients = frozenset[str]().union(*map(speaks_of, documents.values()))
        self._views: dict[str, _View] = {}
        self._view("")

    def holds(self, observation: Any, client: str | None = "") -> bool:
        """The verdict alone."""
        return self._view(client or "").holds(observation)

    def departures(self, observation: Any, client: str | None = "") -> Iterator[Departure]:
        """Every departure of an observation of a client's exchange, in a fixed order.

        A client of whom enough is known is held to what it always did. `None`: the source does not tell by whom and
        when it was made (a body without its exchange), so that what it lacks is no contradiction.
        """
        return self._view(client or "").departures(observation, client)

    def _view(self, client: str) -> "_View":
        """The schema as it is for a client; one that nothing is stated of shares everybody's."""
        own = client if client in self._clients else ""
        if own not in self._views:
            chosen = {uri: for_client(each, own) if own else each for uri, each in self._documents.items()}
            self._views[own] = _View(chosen[self._root], chosen)
        return self._views[own]


class _View:
    """The compiled schema of one analyzer as it is for one client."""

    def __init__(self, schema: dict[str, Any], documents: Mapping[str, dict[str, Any]]) -> None:
        try:
            self._validator = SchemaSet(documents).validator(schema)
        except BadSchema as fault:
            raise BadSchema(f"{schema.get('$id')}: {fault}") from None
        self._schema = schema
        self._explained: dict[Steps, _Grounds] = {}

    def holds(self, observation: Any) -> bool:
        return self._validator.holds(observation)

    def departures(self, observation: Any, client: str | None) -> Iterator[Departure]:
        if self.holds(observation):
            return
        failures = self._validator.failures(observation)
        keys = [failure.key for failure in failures]
        if any(key not in self._explained for key in keys):
            self._explained.update((key, self._grounds(one)) for key, one in self._validator.explanations(observation))
        yield from _sorted(
            departure
            for failure, key in zip(failures, keys, strict=True)
            for departure in _of_failure(failure, self._explained.get(key), observation, client)
        )

    def _grounds(self, explanation: Explanation) -> _Grounds:
        keyword, schema, around = explanation.keyword, explanation.schema, None
        if keyword == "type" and "type" not in schema.get("x-rule", {}):
            around = object_around(self._schema, explanation.place, self._validator.registry)
        elif keyword == "required":
            around = schema
        return _Grounds(keyword, schema, around)


def _of_failure(
    failure: Failure, grounds: _Grounds | None, observation: Any, client: str | None
) -> Iterator[Departure]:
    keyword, path, names = failure.keyword, failure.path, failure.members
    value = value_at(observation, path)
    if keyword == "falseSchema" and grounds and grounds.keyword == "additionalProperties":  # an object without members
        keyword, names = grounds.keyword, tuple(value)
    if grounds is None or grounds.keyword != keyword:
        grounds = _Grounds(keyword, grounds.schema if grounds else {})
    yield from _departures(grounds, path, value, names, client)


def _departures(
    known: _Grounds, path: Steps, found: Any, names: tuple[str, ...], client: str | None
) -> Iterator[Departure]:
    keyword, schema = known.keyword, known.schema
    rule = _rule(known, path, found, client)
    expected = schema.get(keyword)
    if not names:
        yield Departure(rule, path, found, expected, keyword)
    for name in names:
        value = found.get(name) if keyword != "required" else None
        yield Departure(rule, (*path, name), value, expected, keyword)


def _rule(known: _Grounds, path: Steps, found: Any, client: str | None) -> str:
    """What the departure is reported as."""
    keyword, schema, around = known.keyword, known.schema, known.around
    rules = schema.get("x-rule", {})
    if keyword == "enum" and "part" in rules and _has_new_part(found, schema):
        return str(rules["part"])
    if keyword == "type" and keyword not in rules:
        if schema.get("type") == "null":  # nothing is known of what else may stand there
            return "new-type"
        if found is None and around is not None and _may_be_missing(path, around):
            return "new-null"
    if around is not None and not _is_rule_for(known, around, client):
        return str(rules.get("rare") or _RARE_RULES[keyword])
    return str(rules.get(keyword) or _RULES.get(keyword, "departs"))


def _may_be_missing(path: Steps, around: Mapping[str, Any]) -> bool:
    """Whether the place is a member of the object around it that not every sample had."""
    return bool(path) and isinstance(path[-1], str) and path[-1] not in around.get("required", ())


def _is_rule_for(known: _Grounds, around: Mapping[str, Any], client: str | None) -> bool:
    if client is None and known.keyword == "required" and not around.get("x-fixed"):
        return False
    return is_firm(around, client or "")


def _has_new_part(found: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a composed value (`a > b`) has a part that no known value has: then the part is new, not the step."""
    separator = schema["x-parts"]
    known = {part for value in schema["enum"] for part in value.split(separator)}
    return isinstance(found, str) and not set(found.split(separator)) <= known


def _sorted(departures: Iterator[Departure]) -> list[Departure]:
    unique = {(tuple(map(str, d.pointer)), d.rule): d for d in departures}
    return [unique[key] for key in sorted(unique)]
