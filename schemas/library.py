"""The library: a folder of schemas, compiled when first asked, that says where an observation departs from them.

jsonschema-rs gives the verdict. What it finds is explained once for each kind of failure by jsonschema, which knows
the failing subschema with its annotations; a failure that has no explanation is reported all the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import referencing
from jsonschema.exceptions import ValidationError
from referencing.jsonschema import DRAFT202012

from schemas._evidence import is_rare, is_rarely_seen_place

PACKAGED = Path(__file__).resolve().parent
"""The packaged schemas. They are never written to; a user's own folder starts as a copy of them."""

BASE = "https://wirelore.example/schemas/"
"""What every `$id` starts with; nothing is ever fetched from there."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

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
class Rule:
    """How a kind of departure is called, how severe it is and what it means."""

    id: str
    severity: str
    message: str
    means: str


@dataclass(frozen=True, slots=True)
class _Explanation:
    keyword: str
    schema: Mapping[str, Any]
    is_rare: bool
    """Whether the keyword states what only a few samples have shown."""


class Library:
    """A folder of schemas."""

    def __init__(self, folder: Path = PACKAGED) -> None:
        """Raises BadSchema if a file is no JSON object with the `$id` that its place demands."""
        self.folder = folder
        self._judges: dict[str, Judge] = {}
        if not folder.is_dir():
            raise BadSchema(
                f"{folder}: no folder of schemas; copy the packaged ones with `wirelore learn --schemas {folder}`"
            )

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Every schema file by its path relative to the folder, `/` as separator."""
        found = {}
        for path in sorted(self.folder.rglob("*.json")):
            name = path.relative_to(self.folder).as_posix()
            document = _read(path)
            if document.get("$schema") != DIALECT:
                continue
            if document.get("$id") != BASE + name:
                raise BadSchema(f"{path}: $id is {document.get('$id')!r}, expected {BASE + name!r}")
            found[name] = document
        return found

    def root(self, analyzer: str) -> dict[str, Any]:
        """The analyzer's own schema. Raises BadSchema if it has none."""
        try:
            return self.documents[f"{analyzer}.json"]
        except KeyError:
            raise BadSchema(
                f"{self.folder / analyzer}.json: missing; every analyzer has a schema of its name"
            ) from None

    def branches(self, analyzer: str) -> dict[str, dict[str, Any]]:
        """The branch schemas of an analyzer by the value that they are dispatched on; empty if it has none."""
        (key,) = self.root(analyzer).get("x-learn", {}).get("dispatch", []) or [""]
        found = {}
        for branch in self.root(analyzer).get("allOf", []):
            reference = branch.get("then", {}).get("$ref")
            if key and reference:
                found[branch["if"]["properties"][key]["const"]] = self.documents[reference]
        return found

    def common_rules(self) -> dict[str, Rule]:
        """The rules that every analyzer can report, by name; their ids are the names alone."""
        return _rules(_read(PACKAGED / "rules.json")["rules"], "")

    def own_rules(self, analyzer: str) -> dict[str, Rule]:
        """The rules that the analyzer's own schema defines, by short name; one may replace a common rule."""
        return _rules(self.root(analyzer).get("x-rules", {}), f"{analyzer}/")

    def rules(self, analyzer: str) -> dict[str, Rule]:
        """The rules that the analyzer can report, by short name: the common ones and its own."""
        common = _rules(_read(PACKAGED / "rules.json")["rules"], f"{analyzer}/")
        return dict(sorted({**common, **self.own_rules(analyzer)}.items()))

    def judge(self, analyzer: str) -> "Judge":
        """The compiled schema of an analyzer."""
        if analyzer not in self._judges:
            self._judges[analyzer] = Judge(self.root(analyzer), self._registries)
        return self._judges[analyzer]

    @cached_property
    def _registries(self) -> "tuple[jsonschema_rs.Registry, referencing.Registry[Any]]":
        pairs = [(document["$id"], document) for document in self.documents.values()]
        try:
            fast = jsonschema_rs.Registry(pairs, retriever=_refuse)
        except (ValueError, jsonschema_rs.ReferencingError) as fault:
            raise BadSchema(f"{self.folder}: {fault}") from None
        resources = [(uri, DRAFT202012.create_resource(document)) for uri, document in pairs]
        slow: referencing.Registry[Any] = referencing.Registry().with_resources(resources)
        return fast, slow


def writable(folder: Path | None) -> Path:
    """The folder that learning may write to, filled with a copy of the packaged schemas if it is new.

    Without a folder given it is `schemas` of the current folder, if that is one. Raises BadSchema if there is none.
    """
    chosen = folder or Path("schemas")
    if (chosen / "rules.json").is_file():
        return chosen
    if folder is None:
        raise BadSchema(
            "./schemas: no folder of schemas; name one with --schemas DIR, it starts as a copy of the packaged ones"
        )
    for path in sorted(PACKAGED.rglob("*.json")):
        copy = folder / path.relative_to(PACKAGED)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return folder


class Judge:
    """The schema of one analyzer, compiled: says whether an observation holds, and where it departs."""

    def __init__(
        self, schema: dict[str, Any], registries: "tuple[jsonschema_rs.Registry, referencing.Registry[Any]]"
    ) -> None:
        fast, slow = registries
        try:
            self._fast = jsonschema_rs.Draft202012Validator(schema, registry=fast, retriever=_refuse)
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


def _rules(stated: Mapping[str, Any], prefix: str) -> dict[str, Rule]:
    return {
        name: Rule(prefix + name, rule["severity"], rule["message"], rule["means"])
        for name, rule in sorted(stated.items())
    }


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


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except ValueError as fault:
        raise BadSchema(f"{path}: no JSON ({fault}); restore it from git or from the package") from None
    if not isinstance(document, dict):
        raise BadSchema(f"{path}: a JSON {type(document).__name__}, expected an object")
    return document


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not in the schemas folder, and nothing is fetched")
