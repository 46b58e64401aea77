"""Parameters and headers in the document, from the evidence about paths, queries and headers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from wirelore.evidence.catalogue import Operation
from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import HeaderSeen, HeadSeen, Seen
from wirelore.evidence.header_values import COMPUTED, ELSEWHERE, credentials, known_values
from wirelore.evidence.learned_bodies import strings
from wirelore.evidence.value_forms import MASKED, form
from wirelore.model.exchange import without_version
from wirelore.schema.library import Library
from wirelore.spec.components import Schema, open_list

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST = 120
_FORMATS = {"uuid": "uuid", "date-time": "date-time"}
_SCALARS = ("boolean", "integer", "number")
_NOT_OBSERVED: HeaderSeen = HeaderSeen()


class Parameters:
    """The parameters of operations, from the evidence and the learned schemas."""

    def __init__(self, evidence: Evidence, library: Library) -> None:
        self._evidence = evidence
        self._addresses = library.branches("parameters") if "parameters.json" in library.documents else {}
        self._heads = library.branches("request-headers")

    def for_operation(self, operation: Operation, path: str) -> list[Schema]:
        """Return the parameters of an operation: path, then query, then headers, each sorted."""
        return [*self._path(operation.name, path), *self._query(operation), *self._header(operation)]

    def _path(self, name: str, template: str) -> Iterator[Schema]:
        """Yield the path parameters of an OpenAPI template; if no form is learned, a common prefix gives a pattern."""
        for parameter in re.findall(r"\{([^{}]*)\}", template):
            observed = self._evidence.path_values.get(name, {}).get(parameter, _NOT_OBSERVED)
            schema = _learned_value(self._learned(name, "path").get(parameter, {}))
            if schema is None:
                schema = {"type": "string", "minLength": 1}
                prefixes = [] if observed.many else list(observed.values)
                if len(prefixes) == 1 and prefixes[0] and observed.count > 1:
                    schema["pattern"] = f"^{prefixes[0]}"
            yield {
                "name": parameter,
                "in": "path",
                "required": True,
                "schema": schema,
                **_example(observed, schema, encoded=True),
                **_counted(observed, self._evidence.requests(name)),
            }

    def _query(self, operation: Operation) -> Iterator[Schema]:
        observed = self._evidence.query.get(operation.name, {})
        learned = self._learned(operation.name, "query")
        for name in sorted({*observed, *learned} - {""}):
            schema = _learned_value(learned.get(name, {}).get("items", {})) or value_schema(
                observed.get(name, _NOT_OBSERVED)
            )
            yield self._parameter(name, "query", schema, observed.get(name), operation)

    def _header(self, operation: Operation) -> Iterator[Schema]:
        """Yield the request headers, without credentials and headers that HTTP libraries compute."""
        head = self._evidence.request_heads.get(operation.name, HeadSeen())
        learned = self._heads.get(operation.name, {}).get("properties", {}).get("headers", {}).get("properties", {})
        for name in _described(head.headers, credentials() | COMPUTED | ELSEWHERE):
            observed = head.headers[name]
            parameter = self._parameter(name, "header", value_schema(observed), observed, operation, head.count)
            spelling = min(observed.spellings, key=lambda each: (-observed.spellings[each], each), default=name)
            yield {
                **parameter,
                **({} if spelling == name else {"x-spelling": spelling}),
                **({"x-varies": learned[name]["x-varies"]} if "x-varies" in learned.get(name, {}) else {}),
            }

    def _parameter(
        self,
        name: str,
        location: str,
        schema: Schema,
        observed: HeaderSeen | None,
        operation: Operation,
        requests: int | None = None,
    ) -> Schema:
        total = self._evidence.requests(operation.name) if requests is None else requests
        parameter: Schema = {"name": name, "in": location}
        if observed is not None and observed.count == total and several_clients(operation.seen):
            parameter["required"] = True
        parameter["schema"] = schema
        if observed is None:
            return {**parameter, "x-provenance": "learned"} if operation.seen else parameter
        return {**parameter, **_example(observed, schema, encoded=location == "query"), **_counted(observed, total)}

    def _learned(self, operation: str, part: str) -> Mapping[str, Any]:
        members: Mapping[str, Any] = self._addresses.get(operation, {}).get("properties", {})
        learned: Mapping[str, Any] = members.get(part, {}).get("properties", {})
        return learned


def header_order(evidence: Evidence, operation: Operation) -> Schema:
    """Return the most frequent order of the request headers, or an empty schema if two orders are equally frequent."""
    head = evidence.request_heads.get(operation.name, HeadSeen())
    ranked = head.orders.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return {}
    order, count = ranked[0]
    return {"x-header-order": {"order": list(order), "count": count, "of": sum(head.orders.values())}}


def _learned_value(node: Mapping[str, Any]) -> Schema | None:
    """Return the learned schema of a path or query value, or None if only its type, text, is known."""
    values, forms = strings(node), node.get("x-forms", [])
    kinds = {form(value) for value in values} or set(forms)
    if len(kinds) == 1 and next(iter(kinds)) in _SCALARS and all(value == value.lower() for value in values):
        return {"type": kinds.pop()}
    if values:
        return {"anyOf": open_list(values)}
    stated = {key: node[key] for key in ("pattern", "format") if key in node}
    return {"type": "string", **stated} if stated else None


def _example(observed: HeaderSeen, schema: Schema, *, encoded: bool) -> Schema:
    """Return an observed value as an example, or nothing if it is secret or cannot be parsed."""
    values = [] if encoded and observed.example else known_values(observed)
    text = values[0] if values else observed.example
    if text is None or form(text) == "secret":
        return {}
    plain = unquote(text) if encoded else text
    kind = schema.get("type")
    if kind not in _SCALARS:
        return {"example": plain}
    try:
        return {"example": json.loads(plain)}
    except ValueError:
        return {}


def _counted(observed: HeaderSeen, total: int) -> Schema:
    return {"x-observed": {"count": observed.count, "of": total}} if observed.count else {}


def response_headers(head: HeadSeen) -> dict[str, Schema]:
    """Return the response headers of a status, sorted by name; a header is required if all responses had it."""
    described = {}
    for name in _described(head.headers, COMPUTED | ELSEWHERE | credentials()):
        observed = head.headers[name]
        described[name] = {
            **({"required": True} if observed.count == head.count else {}),
            "schema": value_schema(observed),
            **_example(observed, value_schema(observed), encoded=False),
            "x-observed": {"count": observed.count, "of": head.count},
        }
    return described


def value_schema(observed: HeaderSeen) -> Schema:
    """Return the schema of observed values: a type, a format, or an open list of known values."""
    forms = set(observed.forms) - {MASKED}
    if forms == {"integer"} or (forms == {"boolean"} and set(observed.values) <= {"true", "false"}):
        return {"type": forms.pop()}
    if len(forms) == 1 and next(iter(forms)) in _FORMATS:
        return {"type": "string", "format": _FORMATS[forms.pop()]}
    values = known_values(observed)
    return {"anyOf": open_list(values)} if values else {"type": "string"}


def several_clients(observed: Seen | None) -> bool:
    """Return True if several kinds of clients were observed; what all of them send may be required by the server."""
    return observed is not None and len(set(map(without_version, observed.clients))) > 1


def _described(headers: Mapping[str, Any], left_out: frozenset[str]) -> Iterator[str]:
    return (name for name in sorted(headers) if name not in left_out and _NAME.fullmatch(name))
