"""The OpenAPI 3.1 document: every operation that was observed, claimed or learned, with the evidence."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from captures.routes import Routes
from reports import _names, _prose, _security
from reports._catalogue import Operation, catalogue
from reports._components import Components, Schema
from reports._messages import Messages
from reports._parameters import header_parameters, path_parameters, query_parameters
from reports.evidence import Evidence
from schemas.claims import Claim
from schemas.library import Library

_METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
"""The methods that OpenAPI 3.1 has a place for."""
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d+)?")
_UNVERSIONED = "0"


def document(evidence: Evidence, library: Library, routes: Routes, claims: Iterable[Claim]) -> dict[str, Any]:
    """The document. Operations that OpenAPI has no place for are listed under `x-other-operations`."""
    ledger = list(claims)
    operations = catalogue(evidence, library, routes, ledger)
    components = Components()
    messages = Messages(evidence, library, components)
    messages.name_components(operations)
    known = _security.schemes(evidence, ledger)
    learned = _learned_parameters(library)
    paths: dict[str, dict[str, Schema]] = {}
    others = []
    for operation, path in _placed(operations):
        method = operation.method.lower()
        if path is None or method not in _METHODS or method in paths.get(path, {}):
            others.append({"operation": operation.name, **_observed(operation)})
            continue
        required = _security.requirement(operation, evidence, ledger, known)
        parameters = [
            *path_parameters(evidence, operation.name, path),
            *query_parameters(evidence, operation, learned.get(operation.name, ())),
            *header_parameters(evidence, operation),
        ]
        paths.setdefault(path, {})[method] = {
            **_heading(operation),
            **({"parameters": parameters} if parameters else {}),
            **_with_body(messages.request_body(operation)),
            "responses": messages.responses(operation),
            **({} if required is None else {"security": required}),
            **_servers(operation),
            **_origin(operation, ledger),
        }
    _make_unique([entry for methods in paths.values() for entry in methods.values()])
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "What the Claude CLI says on the wire",
            "version": evidence.exchanges.described().get("last", _UNVERSIONED)[:10],
            "summary": "Learned from recorded traffic and from claims, with the evidence for each part.",
            "description": _prose.description(evidence, operations),
        },
        "servers": _any_server(operations),
        "security": _security.anything(known),
        "tags": _prose.tags(operations),
        "paths": paths,
        "components": {"securitySchemes": known},
        "x-observed": evidence.exchanges.described(),
        **({"x-other-operations": others} if others else {}),
    }
    return components.resolved(whole)


def yaml_text(document: dict[str, Any]) -> str:
    """The document as YAML, the members in the order given."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks and shares nothing by anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _heading(operation: Operation) -> Schema:
    heading: Schema = {
        "operationId": _names.operation_id(operation.method, operation.template),
        "tags": [operation.category],
        "summary": operation.summary.rstrip(".") or operation.name,
    }
    note = _prose.note(operation)
    return {**heading, "description": note} if note else heading


def _with_body(body: Schema | None) -> Schema:
    return {"requestBody": body} if body else {}


def _servers(operation: Operation) -> Schema:
    urls = [f"https://{host}" for host in operation.hosts if _HOST.fullmatch(host)]
    return {"servers": [{"url": url} for url in urls]} if urls else {}


def _any_server(operations: Iterable[Operation]) -> list[Schema]:
    """The server of operations that nothing names a host for: any of those that sources name, the commonest first."""
    hosts = Counter(host for one in operations if one.claims for host in one.hosts if _HOST.fullmatch(host))
    if not hosts:
        return [{"url": "/"}]
    ranked = sorted(hosts, key=lambda host: (-hosts[host], host))
    variable = {"default": ranked[0], "enum": ranked}
    note = "Where nothing names the host; operations that have one say so themselves."
    return [{"url": "https://{host}", "description": note, "variables": {"host": variable}}]


def _origin(operation: Operation, claims: Iterable[Claim]) -> Schema:
    known = {claim.id for claim in claims}
    stated = [name for name in operation.claims if name in known]
    odd = [host for host in operation.hosts if not _HOST.fullmatch(host)]
    return {
        "x-provenance": operation.provenance,
        **({"x-claims": stated} if stated else {}),
        **({"x-firmness": operation.firmness} if operation.firmness else {}),
        **({"x-learned": True} if operation.learned and not operation.seen else {}),
        **_observed(operation),
        **({"x-odd-hosts": odd} if odd else {}),
    }


def _observed(operation: Operation) -> Schema:
    return {"x-observed": operation.seen.described()} if operation.seen else {}


def _learned_parameters(library: Library) -> dict[str, list[str]]:
    """The query parameters that the schemas list, by operation."""
    items = library.root("operations").get("properties", {}).get("parameters", {}).get("items", {})
    found: dict[str, list[str]] = {}
    for value in items.get("enum", ()):
        operation, _, name = value.rpartition(" ")
        found.setdefault(operation, []).append(name)
    return found


def _placed(operations: Iterable[Operation]) -> Iterator[tuple[Operation, str | None]]:
    """Each operation with its path as OpenAPI has it: templates that differ in names only are one path.

    None for a target that is no path (`*`). Templates of the route table come first and give the names.
    """
    paths: dict[str, str] = {}
    for operation in sorted(operations, key=lambda one: (not one.summary, one.template, one.method)):
        if not operation.template.startswith("/"):
            yield operation, None
            continue
        path = _path(operation.template)
        yield operation, paths.setdefault(re.sub(r"\{[^}]*\}", "{}", path), path)


def _path(template: str) -> str:
    """The template with parameter names made unique and braces that are no parameter percent-encoded."""
    seen: dict[str, int] = {}

    def renamed(part: str) -> str:
        if not re.fullmatch(r"\{[A-Za-z_][A-Za-z0-9_]*\}", part):
            return part.replace("{", "%7B").replace("}", "%7D").replace("?", "%3F").replace("#", "%23")
        name = part.strip("{}")
        seen[name] = seen.get(name, 0) + 1
        return part if seen[name] == 1 else f"{{{name}_{seen[name]}}}"

    return "/".join(renamed(part) for part in template.split("/"))


def _make_unique(entries: Iterable[Schema]) -> None:
    """Numbers operation ids that are used twice, as odd paths may make them."""
    used: set[str] = set()
    for entry in entries:
        name, number = entry["operationId"], 1
        while entry["operationId"] in used:
            number += 1
            entry["operationId"] = f"{name}{number}"
        used.add(entry["operationId"])
