"""Parameters and headers of the document: from what was seen of paths, queries and heads."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reports._catalogue import Operation
from reports._components import Schema
from reports._counts import HeaderSeen, HeadSeen, Seen
from reports._forms import MASKED, form, is_listable
from reports.evidence import Evidence

CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
"""Headers that carry credentials: security schemes, or a session's own business."""
COMPUTED = frozenset(
    ("accept-encoding", "connection", "content-encoding", "content-length", "date", "expect", "host", "http2-settings")
) | frozenset(("keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"))
"""Headers of the connection (RFC 9110, 7.6.1), and those that the HTTP library computes."""
ELSEWHERE = frozenset({"accept", "content-type"})
"""Headers that OpenAPI describes by media types; as parameters it ignores them."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST = 120
_FORMATS = {"uuid": "uuid", "date-time": "date-time"}


def path_parameters(evidence: Evidence, name: str, template: str) -> list[Schema]:
    """The parameters of a path; a pattern where every id of several had one prefix. `template` is as OpenAPI has it."""
    known = evidence.path_values.get(name, {})
    parameters = []
    for parameter in re.findall(r"\{([^{}]*)\}", template):
        schema: Schema = {"type": "string", "minLength": 1}
        seen = known.get(parameter, HeaderSeen())
        prefixes = [] if seen.many else list(seen.values)
        if len(prefixes) == 1 and prefixes[0] and seen.count > 1:
            schema["pattern"] = f"^{prefixes[0]}"
        parameters.append({"name": parameter, "in": "path", "required": True, "schema": schema})
    return parameters


def query_parameters(evidence: Evidence, operation: Operation, learned: Iterable[str]) -> list[Schema]:
    """The query parameters, sorted: those observed, and those only learned (names)."""
    seen = evidence.query.get(operation.name, {})
    total = evidence.requests(operation.name)
    return [
        _parameter(name, "query", seen.get(name), total, operation.seen) for name in sorted({*seen, *learned}) if name
    ]


def header_parameters(evidence: Evidence, operation: Operation) -> list[Schema]:
    """The request headers that are neither credentials nor computed, sorted."""
    head = evidence.request_heads.get(operation.name, HeadSeen())
    return [
        _parameter(name, "header", head.headers[name], head.count, operation.seen)
        for name in _described(head.headers, CREDENTIALS | COMPUTED | ELSEWHERE)
    ]


def response_headers(head: HeadSeen) -> dict[str, Schema]:
    """The headers of responses of one status by name, sorted; required where every response had them."""
    described = {}
    for name in _described(head.headers, COMPUTED | ELSEWHERE | CREDENTIALS):
        seen = head.headers[name]
        described[name] = {
            **({"required": True} if seen.count == head.count else {}),
            "schema": value_schema(seen),
            "x-observed": {"count": seen.count, "of": head.count},
        }
    return described


def value_schema(seen: HeaderSeen) -> Schema:
    """What values were seen: a form, or a list of known ones that stays open."""
    forms = set(seen.forms) - {MASKED}
    if forms == {"integer"} or forms == {"boolean"}:
        return {"type": forms.pop()}
    if len(forms) == 1 and next(iter(forms)) in _FORMATS:
        return {"type": "string", "format": _FORMATS[forms.pop()]}
    known = known_values(seen)
    return {"anyOf": [{"type": "string", "enum": known}, {"type": "string"}]} if known else {"type": "string"}


def known_values(seen: HeaderSeen) -> list[str]:
    """The values, sorted, where they are few and come again, or there is only one; otherwise nothing."""
    values = sorted(value for value in seen.values if form(value) != MASKED)
    if seen.many or any(not is_listable(form(value)) or len(value) > _LONGEST for value in values):
        return []
    return values if len(values) == 1 or seen.count >= 2 * len(values) else []


def several_clients(seen: Seen | None) -> bool:
    """Whether more than one kind of client was seen, so that what all do may be what the server needs."""
    return seen is not None and len({client.partition("/")[0] for client in seen.clients}) > 1


def _described(headers: Mapping[str, Any], left_out: frozenset[str]) -> Iterator[str]:
    return (name for name in sorted(headers) if name not in left_out and _NAME.fullmatch(name))


def _parameter(name: str, where: str, seen: HeaderSeen | None, total: int, operation: Seen | None) -> Schema:
    parameter: Schema = {"name": name, "in": where, "schema": value_schema(seen) if seen else {"type": "string"}}
    if seen is None:
        return parameter
    if seen.count == total and several_clients(operation):
        parameter["required"] = True
    return {**parameter, "x-observed": {"count": seen.count, "of": total}}
