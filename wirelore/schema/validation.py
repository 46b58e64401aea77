"""Validation: JSON Schemas compiled once, asked for verdicts, failures and their explanations.

jsonschema-rs gives verdicts and failures. jsonschema explains them, since its errors carry the failing subschema, and
takes over where jsonschema-rs cannot read a value. No other room imports either of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import jsonschema
import jsonschema_rs
import referencing
from referencing.jsonschema import DRAFT202012

Steps = tuple[str | int, ...]
"""A path in a value or in a schema: members' names and elements' numbers."""

Schema = Mapping[str, Any] | bool
"""A JSON Schema; `true` accepts every value, `false` none."""

_UNUSABLE = (ValueError, jsonschema_rs.ReferencingError)
_NOT_TAKEN = (ValueError, UnicodeError, OverflowError)
"""What jsonschema-rs raises for a value that it cannot take, such as a lone surrogate."""


class BadSchema(Exception):
    """A schema file cannot be used; the message names the file, the place and the remedy."""


class Failure(Protocol):
    """One place where a value is not what a schema says, whichever library reports it."""

    @property
    def keyword(self) -> str:
        """The JSON Schema keyword that fails."""
        ...

    @property
    def path(self) -> Steps:
        """The place in the value."""
        ...

    @property
    def key(self) -> Steps:
        """The place in the schema; the same from both libraries, and the same for failures with one explanation."""
        ...

    @property
    def members(self) -> tuple[str, ...]:
        """The names that are missing (`required`) or not allowed (`additionalProperties`); empty for other keywords."""
        ...

    @property
    def expected(self) -> Any:
        """The value of `type` (one name or several), `format` or `pattern`; of other keywords whatever is known."""
        ...

    @property
    def cases(self) -> "tuple[tuple[Failure, ...], ...]":
        """The failures in each branch of a union; empty for other keywords."""
        ...

    @property
    def message(self) -> str:
        """The failure in the library's words; it may quote the value."""
        ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """The schema behind failures of one key."""

    keyword: str
    schema: Mapping[str, Any]
    """The subschema whose keyword fails, with its annotations."""
    place: Steps
    """Where the keyword stands, from the root schema on; references are left out."""


class SchemaSet:
    """Schema documents by their addresses, among which references are resolved. Nothing is ever fetched."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Raises BadSchema, with the fault in the library's words, if a document cannot be used."""
        self._documents = dict(documents or {})
        try:
            self._fast = jsonschema_rs.Registry(
                [(uri, dict(document)) for uri, document in self._documents.items()], retriever=_refuse
            )
        except _UNUSABLE as fault:
            raise BadSchema(str(fault)) from None

    def validator(self, schema: Schema, *, formats: bool | None = None) -> "Validator":
        """A schema of draft 2020-12, compiled; with `formats` the values of `format` are asserted.

        Raises BadSchema, with the fault in the library's words, if the schema or what it refers to cannot be used.
        """
        try:
            fast = jsonschema_rs.Draft202012Validator(
                _plain(schema), registry=self._fast, retriever=_refuse, validate_formats=formats
            )
        except _UNUSABLE as fault:
            raise BadSchema(str(fault)) from None
        return Validator(schema, fast, self._documents)


class Validator:
    """One schema, compiled; SchemaSet makes it."""

    def __init__(self, schema: Schema, fast: Any, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._schema, self._documents, self._fast = schema, documents, fast

    def holds(self, value: Any) -> bool:
        """Whether a value is what the schema says."""
        try:
            return bool(self._fast.is_valid(value))
        except _NOT_TAKEN:
            return self._slow.is_valid(value)

    def failures(self, value: Any) -> list[Failure]:
        """Every failure of a value, in the library's order; empty if the value holds."""
        try:
            return [_FastFailure(error) for error in self._fast.iter_errors(value)]
        except _NOT_TAKEN:
            return [_SlowFailure(error) for error in self._slow.iter_errors(value)]

    def explanations(self, value: Any) -> Iterator[tuple[Steps, Explanation]]:
        """What jsonschema knows of a value's failures, by their keys. It may not see every failure of `failures`."""
        for error in self._slow.iter_errors(value):
            schema = error.schema if isinstance(error.schema, Mapping) else {}
            place = tuple(error.absolute_schema_path)
            yield _key(place), Explanation(str(error.validator), schema, place)

    def first_failure(self, value: Any) -> Failure | None:
        """The failure to show to a person, in jsonschema's words if it sees one; None if the value holds."""
        if self.holds(value):
            return None
        error = next(iter(self._slow.iter_errors(value)), None)
        return self.failures(value)[0] if error is None else _SlowFailure(error)

    @cached_property
    def _slow(self) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(_plain(self._schema), registry=self.registry)

    @cached_property
    def registry(self) -> "referencing.Registry[Any]":
        """The documents of the set, for whoever follows references through them."""
        resources = [(uri, DRAFT202012.create_resource(dict(one))) for uri, one in self._documents.items()]
        return referencing.Registry[Any]().with_resources(resources)


def draft4_test(schema: dict[str, Any]) -> Callable[[Any], bool]:
    """Whether a value passes a schema of draft 4, the last draft that tells 1.0 from an integer.

    False as well for a value that jsonschema-rs cannot take. There is no explanation.
    """
    fast = jsonschema_rs.Draft4Validator(schema)

    def passes(value: Any) -> bool:
        try:
            return fast.is_valid(value)
        except _NOT_TAKEN:
            return False

    return passes


class _FastFailure:
    """A failure as jsonschema-rs reports it."""

    __slots__ = ("_error",)

    def __init__(self, error: Any) -> None:
        self._error = error

    @property
    def keyword(self) -> str:
        return str(self._error.kind.name)

    @property
    def path(self) -> Steps:
        return tuple(self._error.instance_path)

    @property
    def key(self) -> Steps:
        return _key(self._error.evaluation_path)

    @property
    def members(self) -> tuple[str, ...]:
        kind = self._error.kind
        if kind.name == "required":
            return (kind.property,)
        return tuple(kind.unexpected) if kind.name == "additionalProperties" else ()

    @property
    def expected(self) -> Any:
        kind = self._error.kind
        return next((getattr(kind, name) for name in ("types", "format", "pattern") if hasattr(kind, name)), None)

    @property
    def cases(self) -> tuple[tuple[Failure, ...], ...]:
        return tuple(tuple(map(_FastFailure, case)) for case in getattr(self._error.kind, "context", ()))

    @property
    def message(self) -> str:
        return str(self._error.message)


class _SlowFailure:
    """A failure as jsonschema reports it."""

    __slots__ = ("_error",)

    def __init__(self, error: Any) -> None:
        self._error = error

    @property
    def keyword(self) -> str:
        return str(self._error.validator)

    @property
    def path(self) -> Steps:
        return tuple(self._error.absolute_path)

    @property
    def key(self) -> Steps:
        return _key(self._error.absolute_schema_path)

    @property
    def members(self) -> tuple[str, ...]:
        if self.keyword == "required":  # an error for each missing member, which only its message names
            return tuple(name for name in self.expected if self._error.message.startswith(repr(name)))
        if self.keyword != "additionalProperties" or not isinstance(self._error.schema, Mapping):
            return ()
        return tuple(name for name in self._error.instance if name not in self._error.schema.get("properties", {}))

    @property
    def expected(self) -> Any:
        return self._error.validator_value

    @property
    def cases(self) -> tuple[tuple[Failure, ...], ...]:
        by_branch: dict[str | int, list[Failure]] = {}
        for inner in self._error.context or ():
            by_branch.setdefault(inner.schema_path[0], []).append(_SlowFailure(inner))
        return tuple(map(tuple, by_branch.values()))

    @property
    def message(self) -> str:
        return str(self._error.message)


def _plain(schema: Schema) -> dict[str, Any] | bool:
    """The schema as both libraries take it."""
    return schema if isinstance(schema, bool) else dict(schema)


def _key(path: Iterable[str | int]) -> Steps:
    """A path through the schema without references and conditions, which jsonschema leaves out."""
    return tuple(step for step in path if step not in ("$ref", "if"))


def _refuse(uri: str) -> Any:
    """Refuses a schema that is not there: nothing is fetched."""
    raise ValueError(f"{uri} is not in the schemas folder, and nothing is fetched")
