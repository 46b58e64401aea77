"""Validation with compiled JSON Schemas: verdicts, failures and their explanations.

jsonschema-rs provides verdicts and failures. jsonschema explains failures, because its errors include the failing
subschema, and validates values that jsonschema-rs cannot read. No other room imports either library.
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
"""A path in a value or in a schema: names of members and indexes of elements."""

Schema = Mapping[str, Any] | bool
"""A JSON Schema; `true` accepts every value, and `false` accepts none."""

_UNUSABLE = (ValueError, jsonschema_rs.ReferencingError)
_UNREADABLE = (ValueError, UnicodeError, OverflowError)
"""The exceptions of jsonschema-rs for a value that it cannot read, such as a lone surrogate."""


class BadSchema(Exception):
    """A schema file is invalid. The message names the file, the place and the remedy."""


class Failure(Protocol):
    """One place where a value violates a schema, as reported by either library."""

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
        """The place in the schema; it is the same in both libraries, and for all failures that share an explanation."""
        ...

    @property
    def members(self) -> tuple[str, ...]:
        """The names that are missing (`required`) or not allowed (`additionalProperties`); empty for other keywords."""
        ...

    @property
    def expected(self) -> Any:
        """The value of `type` (one or several names), `format` or `pattern`; otherwise it depends on the library."""
        ...

    @property
    def cases(self) -> "tuple[tuple[Failure, ...], ...]":
        """The failures in each branch of a union; empty for other keywords."""
        ...

    @property
    def message(self) -> str:
        """The message of the library, which may quote the value."""
        ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of all failures with one key."""

    keyword: str
    schema: Mapping[str, Any]
    """The failing subschema with its annotations."""
    place: Steps
    """The path of the keyword from the root schema, without references."""


class SchemaSet:
    """Schema documents by `$id`, within which references are resolved. Nothing is ever fetched."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Raises BadSchema, with the message of the library, if a document is invalid."""
        self._documents = dict(documents or {})
        try:
            self._fast = jsonschema_rs.Registry(
                [(uri, dict(document)) for uri, document in self._documents.items()], retriever=_refuse
            )
        except _UNUSABLE as fault:
            raise BadSchema(str(fault)) from None

    def validator(self, schema: Schema, *, formats: bool | None = None) -> "Validator":
        """Compile a schema of draft 2020-12; with `formats`, values are checked against `format`.

        Raises BadSchema, with the message of the library, if the schema or a document that it refers to is invalid.
        """
        try:
            fast = jsonschema_rs.Draft202012Validator(
                _plain(schema), registry=self._fast, retriever=_refuse, validate_formats=formats
            )
        except _UNUSABLE as fault:
            raise BadSchema(str(fault)) from None
        return Validator(schema, fast, self._documents)


class Validator:
    """A compiled schema; create it with `SchemaSet.validator`."""

    def __init__(self, schema: Schema, fast: Any, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._schema, self._documents, self._fast = schema, documents, fast

    def holds(self, value: Any) -> bool:
        """Return True if a value is valid."""
        try:
            return bool(self._fast.is_valid(value))
        except _UNREADABLE:
            return self._slow.is_valid(value)

    def failures(self, value: Any) -> list[Failure]:
        """Return every failure of a value, in the order of the library; empty if the value is valid."""
        try:
            return [_FastFailure(error) for error in self._fast.iter_errors(value)]
        except _UNREADABLE:
            return [_SlowFailure(error) for error in self._slow.iter_errors(value)]

    def explanations(self, value: Any) -> Iterator[tuple[Steps, Explanation]]:
        """Yield jsonschema's explanations of a value's failures, with their keys; it may not find all `failures`."""
        for error in self._slow.iter_errors(value):
            schema = error.schema if isinstance(error.schema, Mapping) else {}
            place = tuple(error.absolute_schema_path)
            yield _key(place), Explanation(str(error.validator), schema, place)

    def first_failure(self, value: Any) -> Failure | None:
        """Return the failure to report, with the message of jsonschema if possible; None if the value is valid."""
        if self.holds(value):
            return None
        error = next(iter(self._slow.iter_errors(value)), None)
        return self.failures(value)[0] if error is None else _SlowFailure(error)

    @cached_property
    def _slow(self) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(_plain(self._schema), registry=self.registry)

    @cached_property
    def registry(self) -> "referencing.Registry[Any]":
        """The documents of the set, for resolving references."""
        resources = [(uri, DRAFT202012.create_resource(dict(document))) for uri, document in self._documents.items()]
        return referencing.Registry[Any]().with_resources(resources)


def draft4_test(schema: dict[str, Any]) -> Callable[[Any], bool]:
    """Return a function that validates values with a schema of draft 4, the last draft that distinguishes 1.0 from 1.

    It returns False for values that jsonschema-rs cannot read, and explains nothing.
    """
    fast = jsonschema_rs.Draft4Validator(schema)

    def passes(value: Any) -> bool:
        try:
            return fast.is_valid(value)
        except _UNREADABLE:
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
    """Return the schema in the form that both libraries accept."""
    return schema if isinstance(schema, bool) else dict(schema)


def _key(path: Iterable[str | int]) -> Steps:
    """Remove references and conditions, which jsonschema omits, from a path through a schema."""
    return tuple(step for step in path if step not in ("$ref", "if"))


def _refuse(uri: str) -> Any:
    """Raise ValueError instead of fetching a missing schema."""
    raise ValueError(f"{uri} is not in the schemas folder, and nothing is fetched")
