"""The judge: one compiled schema that says whether an observation holds, and where it departs.

jsonschema-rs gives the verdict. What it finds is explained once for each kind of failure by jsonschema, which knows
the failing subschema with its annotations; a failure that has no explanation is reported all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import jsonschema_rs
import referencing
from jsonschema.exceptions import ValidationError

from schemas._evidence import is_rare, is_rarely_seen_place

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
"""What these keywords are reported as while the samples are too few to make a rule."""


class BadSchema(Exception):
    """A schema file cannot be used; the message names the file, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One place where an observation is not what its schema says."""

    rule: str
    """The rule's short name, for example `new-field`."""
    pointer: tuple[str | int, ...]
    """The place in the observation; for a missing or an unknown member, the member's own place."""
    found: Any
    """What stands there; None for a missing member."""
    expected: Any
    """What the schema has for it: the keyword's value."""
    keyword: str = field(default="", compare=False)
    """The JSON Schema keyword that fails."""


@dataclass(frozen=True, slots=True)
class _Explanation:
    keyword: str
    schema: Mapping[str, Any]
    is_rare: bool
    """Whether the keyword states what only a few samples have shown."""


class Judge:
    """The schema of one analyzer, compiled: says whether an observation holds, and where it departs."""

    def __init__(
        self, schema: dict[str, Any], registries: "tuple[jsonschema_rs.Registry, referencing.Registry[Any]]"
    ) -> None:
        fast, slow = registries
        try:
            self._fast = jsonschema_rs.Draft202012Validator(schema, registry=fast, retriever=refuse)
        except (ValueError, jsonschema_rs.ReferencingError) as fault:
            raise BadSchema(f"{schema.get('$id')}: {fault}") from None
        self._slow = jsonschema.Draft202012Validator(schema, registry=slow)
        self._schema, self._registry = schema, slow
        self._explained: dict[tuple[str | int, ...], _Explanation] = {}

    def holds(self, observation: Any) -> bool:
        """The verdict alone."""
        try:
            return self._fast.is_valid(observation)
        except (ValueError, UnicodeError):  # a lone surrogate, which jsonschema-rs cannot take
            return self._slow.is_valid(observation)

    def departures(self, observation: Any) -> Iterator[Departure]:
        """Every departure, in a fixed order."""
        try:
            if self._fast.is_valid(observation):
                return
            failures = list(self._fast.iter_errors(observation))
        except (ValueError, UnicodeError):
            yield from _sorted(d for error in self._slow.iter_errors(observation) for d in self._of_slow(error))
            return
        keys = [_key(failure.evaluation_path) for failure in failures]
        if any(key not in self._explained for key in keys):
            self._explain(observation)
        yield from _sorted(
            departure
            for failure, key in zip(failures, keys, strict=True)
            for departure in _of_fast(failure, self._explained.get(key), observation)
        )

    def _explain(self, observation: Any) -> None:
        for error in self._slow.iter_errors(observation):
            self._explained[_key(error.absolute_schema_path)] = self._explanation(error)

    def _explanation(self, error: ValidationError) -> _Explanation:
        keyword = str(error.validator)
        schema = error.schema if isinstance(error.schema, Mapping) else {}
        if keyword == "type" and "type" not in schema.get("x-rule", {}):
            few = is_rarely_seen_place(self._schema, error.absolute_schema_path, self._registry)
        else:
            few = keyword == "required" and is_rare(schema)
        return _Explanation(keyword, schema, few)

    def _of_slow(self, error: ValidationError) -> Iterator[Departure]:
        known = self._explanation(error)
        found: Any = error.instance
        names: list[str] = []
        if known.keyword == "required":  # one error for each missing member, which only its message names
            required = known.schema["required"]
            names = [name for name in required if name not in found and error.message.startswith(repr(name))]
        elif known.keyword == "additionalProperties":
            names = [name for name in found if name not in known.schema.get("properties", {})]
        yield from _departures(known, tuple(error.absolute_path), found, names)


def _key(path: Iterable[str | int]) -> tuple[str | int, ...]:
    """The path through the schema as both libraries write it: jsonschema leaves out references and conditions."""
    return tuple(step for step in path if step not in ("$ref", "if"))


def _of_fast(failure: Any, known: _Explanation | None, observation: Any) -> Iterator[Departure]:
    keyword = failure.kind.name
    known = known if known and known.keyword == keyword else _Explanation(keyword, known.schema if known else {}, False)
    path = tuple(failure.instance_path)
    names: list[str] = []
    if keyword == "required":
        names = [failure.kind.property]
    elif keyword == "additionalProperties":
        names = list(failure.kind.unexpected)
    yield from _departures(known, path, _at(observation, path), names)


def _departures(known: _Explanation, path: tuple[str | int, ...], found: Any, names: list[str]) -> Iterator[Departure]:
    keyword, schema = known.keyword, known.schema
    rules = schema.get("x-rule", {})
    rule = rules.get(keyword) or _RULES.get(keyword, "departs")
    if known.is_rare:
        rule = rules.get("rare") or _RARE_RULES[keyword]
    expected = schema.get(keyword)
    if keyword == "enum" and "part" in rules and _has_new_part(found, schema):
        rule = rules["part"]
    if not names:
        yield Departure(rule, path, found, expected, keyword)
    for name in names:
        value = found.get(name) if keyword != "required" else None
        yield Departure(rule, (*path, name), value, expected, keyword)


def _has_new_part(found: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a composed value (`a > b`) has a part that no known value has: then the part is new, not the step."""
    separator = schema["x-parts"]
    known = {part for value in schema["enum"] for part in value.split(separator)}
    return isinstance(found, str) and not set(found.split(separator)) <= known


def _at(observation: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        observation = observation[step]
    return observation


def _sorted(departures: Iterator[Departure]) -> list[Departure]:
    unique = {(tuple(map(str, d.pointer)), d.rule): d for d in departures}
    return [unique[key] for key in sorted(unique)]


def refuse(uri: str) -> Any:
    """What asks for a schema that is not there."""
    raise ValueError(f"{uri} is not in the schemas folder, and nothing is fetched")
