"""The results of the tools behind one interface: does a tool's schema reject a document?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jsonschema_rs

from benchmarks.inference.census import is_free
from benchmarks.inference.documents import Document
from benchmarks.inference.groups import group
from wirelore.analysis.check import check
from wirelore.analysis.registry import registry
from wirelore.model import json_pointer
from wirelore.schema.library import Library

Schema = dict[str, Any]


Complaints = frozenset[tuple[str, ...]]
"""A tool's complaints about a document, each with its place, so that new ones can be distinguished."""


class Tool(Protocol):
    """A tool that has processed the recordings."""

    def complaints(self, document: Document, value: Any) -> Complaints | None:
        """Return the complaints about a value in place of the document; None if the tool has no schema for it."""
        ...

    def leaked(self) -> int:
        """Return the number of properties in its schemas that are keys of free-form content."""
        ...


def rejects(tool: Tool, document: Document, value: Any) -> bool | None:
    """Return True if the tool rejects the value; None if it has no schema for it."""
    found = tool.complaints(document, value)
    return None if found is None else bool(found)


class Compiled:
    """A JSON Schema with its complaints about values; formats are not asserted."""

    def __init__(self, schema: Schema) -> None:
        self._validator = jsonschema_rs.validator_for(schema, validate_formats=False)

    def complaints(self, value: Any) -> Complaints:
        """Return the failing keywords with their places in value and schema, and missing or additional members."""
        if self._validator.is_valid(value):
            return frozenset()
        return frozenset(map(_described, self._validator.iter_errors(value)))


def _described(failure: Any) -> tuple[str, ...]:
    paths = (json.dumps(list(path)) for path in (failure.instance_path, failure.schema_path))
    kind = failure.kind
    return (*paths, kind.name, str(getattr(kind, "property", "")), str(getattr(kind, "unexpected", "")))


@dataclass
class ByGroup:
    """Schemas by group of documents, as GenSON and quicktype make them."""

    schemas: Mapping[str, Schema]
    _compiled: dict[str, Compiled] = field(default_factory=dict)

    def complaints(self, document: Document, value: Any) -> Complaints | None:
        """Return the complaints of the schema of the document's group."""
        name = group(document.lesson)
        if name not in self.schemas:
            return None
        if name not in self._compiled:
            self._compiled[name] = Compiled(self.schemas[name])
        return self._compiled[name].complaints(value)

    def leaked(self) -> int:
        """Count leaked properties in all groups."""
        return sum(leaked(schema) for schema in self.schemas.values())


@dataclass
class Learned:
    """Wirelore's library, used through the check."""

    library: Library
    severities: frozenset[str]
    """The severities that count as a rejection."""

    def complaints(self, document: Document, value: Any) -> Complaints | None:
        """Return the findings with these severities in the document."""
        lesson = document.lesson
        if document.case not in self.library.branches(lesson.analyzer) and lesson.analyzer != "error-bodies":
            return None
        spoilt = document.replaced(value)
        found = check([spoilt], self.library, [registry()[lesson.analyzer]])
        counted = (each for each in found if each.item == lesson.item and each.severity in self.severities)
        return frozenset((each.rule, each.pointer) for each in counted)

    def leaked(self) -> int:
        """Count leaked properties in the schemas of bodies and events."""
        places = ("request-bodies", "response-bodies", "event-payloads", "error-bodies")
        return sum(leaked(schema) for name, schema in self.library.documents.items() if name.startswith(places))


def leaked(schema: Schema) -> int:
    """Count the properties inside members with free-form content, once for each path to them."""
    return sum(1 for _ in _leaks(schema, schema, free=False, seen=frozenset()))


def _leaks(node: Any, root: Schema, *, free: bool, seen: frozenset[str]) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _leaks(each, root, free=free, seen=seen)
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/") and reference not in seen:
        yield from _leaks(_resolved(reference, root), root, free=free, seen=seen | {reference})
    for name, member in (node.get("properties") or {}).items():
        if free:
            yield name
        inside = free or is_free(name, "tool_use" if name == "input" else "")
        yield from _leaks(member, root, free=inside, seen=seen)
    for keyword in ("items", "additionalProperties", "anyOf", "oneOf", "allOf", "then", "else", "prefixItems"):
        yield from _leaks(node.get(keyword), root, free=free, seen=seen)


def _resolved(reference: str, root: Schema) -> Any:
    found: Any = root
    for name in json_pointer.parse(reference[1:]):
        found = found.get(name, {})
    return found


def plain(schema: Any) -> Any:
    """Convert a schema of OpenAPI 3.0 to JSON Schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: plain(member) for name, member in schema.items() if name not in ("nullable", "example")}
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
    return json.loads(json.dumps(made, default=str))
