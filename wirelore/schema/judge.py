"""The judge: a compiled schema that validates observations and reports their departures.

Each kind of failure is explained once, by the failing subschema with its annotations. Failures without an explanation
are reported too.
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
"""The rules of these keywords while there are too few samples to enforce the schema for the client."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One place where an observation violates its schema."""

    rule: str
    """The rule's short name, for example `new-field`."""
    pointer: Steps
    """The place in the observation; of a missing or unknown member, the place of the member."""
    found: Any
    """The value at the place; None for a missing member."""
    expected: Any
    """The value of the keyword in the schema."""
    keyword: str = field(default="", compare=False)
    """The JSON Schema keyword that fails."""


@dataclass(frozen=True, slots=True)
class _Grounds:
    """The basis of a departure's rule."""

    keyword: str
    schema: Mapping[str, Any]
    parent: Mapping[str, Any] | None = None
    """The schema with the evidence for the keyword; None if the keyword does not depend on evidence."""


class Judge:
    """The compiled schema of one analyzer."""

    def __init__(self, root: str, documents: Mapping[str, dict[str, Any]]) -> None:
        """Compile the document with the `$id` `root`; `documents` maps `$id`s to documents. Raises BadSchema."""
        self._root, self._documents = root, documents
        self._clients = frozenset[str]().union(*map(speaks_of, documents.values()))
        self._views: dict[str, _View] = {}
        self._view("")

    def holds(self, observation: Any, client: str | None = "") -> bool:
        """Return True if an observation is valid."""
        return self._view(client or "").holds(observation)

    def departures(self, observation: Any, client: str | None = "") -> Iterator[Departure]:
        """Yield every departure of an observation of a client's exchange, in a fixed order.

        A client with enough samples is checked against its own constant behaviour. `None` is an unknown client (a body
        without its exchange), for which missing members are not a contradiction.
        """
        return self._view(client or "").departures(observation, client)

    def _view(self, client: str) -> "_View":
        """Return the schema for a client; clients without statements of their own share one."""
        view_client = client if client in self._clients else ""
        if view_client not in self._views:
            chosen = {
                uri: for_client(each, view_client) if view_client else each for uri, each in self._documents.items()
            }
            self._views[view_client] = _View(chosen[self._root], chosen)
        return self._views[view_client]


class _View:
    """The compiled schema of one analyzer for one client."""

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
            explanations = self._validator.explanations(observation)
            self._explained.update((key, self._grounds(explanation)) for key, explanation in explanations)
        yield from _sorted(
            departure
            for failure, key in zip(failures, keys, strict=True)
            for departure in _of_failure(failure, self._explained.get(key), observation, client)
        )

    def _grounds(self, explanation: Explanation) -> _Grounds:
        keyword, schema, parent = explanation.keyword, explanation.schema, None
        if keyword == "type" and "type" not in schema.get("x-rule", {}):
            parent = object_around(self._schema, explanation.place, self._validator.registry)
        elif keyword == "required":
            parent = schema
        return _Grounds(keyword, schema, parent)


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
    grounds: _Grounds, path: Steps, value: Any, names: tuple[str, ...], client: str | None
) -> Iterator[Departure]:
    keyword, schema = grounds.keyword, grounds.schema
    rule = _rule(grounds, path, value, client)
    expected = schema.get(keyword)
    if not names:
        yield Departure(rule, path, value, expected, keyword)
    for name in names:
        member = value.get(name) if keyword != "required" else None
        yield Departure(rule, (*path, name), member, expected, keyword)


def _rule(grounds: _Grounds, path: Steps, value: Any, client: str | None) -> str:
    """Return the name of the rule of a departure."""
    keyword, schema, parent = grounds.keyword, grounds.schema, grounds.parent
    rules = schema.get("x-rule", {})
    if keyword == "enum" and "part" in rules and _has_new_part(value, schema):
        return str(rules["part"])
    if keyword == "type" and keyword not in rules:
        if schema.get("type") == "null":  # other types are unknown
            return "new-type"
        if value is None and parent is not None and _may_be_missing(path, parent):
            return "new-null"
    if parent is not None and not _is_rule_for(grounds, parent, client):
        return str(rules.get("rare") or _RARE_RULES[keyword])
    return str(rules.get(keyword) or _RULES.get(keyword, "departs"))


def _may_be_missing(path: Steps, parent: Mapping[str, Any]) -> bool:
    """Return True if the place is an optional member of its parent object."""
    return bool(path) and isinstance(path[-1], str) and path[-1] not in parent.get("required", ())


def _is_rule_for(grounds: _Grounds, parent: Mapping[str, Any], client: str | None) -> bool:
    if client is None and grounds.keyword == "required" and not parent.get("x-fixed"):
        return False
    return is_firm(parent, client or "")


def _has_new_part(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return True if a composed value (`a > b`) has an unknown part, so that not only the combination is new."""
    separator = schema["x-parts"]
    known_parts = {part for known_value in schema["enum"] for part in known_value.split(separator)}
    return isinstance(value, str) and not set(value.split(separator)) <= known_parts


def _sorted(departures: Iterator[Departure]) -> list[Departure]:
    unique = {(tuple(map(str, d.pointer)), d.rule): d for d in departures}
    return [unique[key] for key in sorted(unique)]
