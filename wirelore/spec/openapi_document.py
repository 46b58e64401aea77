"""The OpenAPI document: all operations that were observed, claimed or learned, with the evidence."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from wirelore.evidence.catalogue import Operation, catalogue
from wirelore.evidence.collector import Evidence
from wirelore.model.routes import Routes
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library
from wirelore.spec import examples, naming, openapi_versions, prose, security
from wirelore.spec.components import Components, Schema
from wirelore.spec.messages import Messages
from wirelore.spec.parameters import Parameters, header_order

_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d+)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNVERSIONED = "0"
_WIDTH = 1 << 20
"""The line width, so large that no line of the YAML is folded."""
_ON_ONE_LINE = frozenset({"x-error-types", "x-header-order", "x-observed"})


def document(
    evidence: Evidence, library: Library, routes: Routes, claims: Iterable[Claim], version: str = "3.1"
) -> dict[str, Any]:
    """Return the document in version `3.1` or `3.2`; `x-other-operations` lists operations that it cannot express."""
    ledger = list(claims)
    operations = catalogue(evidence, library, routes, ledger)
    schemes = security.schemes(evidence, ledger)
    components = Components(evidence.objects)
    paths, others, names = _paths(operations, evidence, library, ledger, schemes, components)
    draft = {
        "openapi": "",
        "info": {
            "title": "HTTP traffic of the Claude CLI",
            "version": evidence.exchanges.described().get("last", _UNVERSIONED)[:10],
            "summary": "Learned from recorded traffic and from claims, with the evidence for each part.",
            "description": prose.description(evidence, operations, version),
        },
        "servers": _any_server(operations),
        "security": security.anything(schemes),
        "tags": prose.tags(operations),
        "paths": paths,
        "components": {"securitySchemes": schemes},
        "x-observed": evidence.exchanges.described(),
        **({"x-other-operations": others} if others else {}),
    }
    model = components.resolved(draft)
    examples.place(model, evidence, names)
    return openapi_versions.written(model, version)


def yaml_text(document: dict[str, Any]) -> str:
    """Return the document as YAML; members keep their order, and each piece of evidence is on one line."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def _paths(
    operations: Iterable[Operation],
    evidence: Evidence,
    library: Library,
    ledger: Sequence[Claim],
    schemes: Mapping[str, Schema],
    components: Components,
) -> tuple[dict[str, dict[str, Schema]], list[Schema], dict[tuple[str, ...], str]]:
    """Return the path items, the operations that have none, and the name of each operation by its place."""
    messages = Messages(evidence, library, components)
    messages.name_components(operations)
    parameters = Parameters(evidence, library)
    paths: dict[str, dict[str, Schema]] = {}
    others: list[Schema] = []
    names: dict[tuple[str, ...], str] = {}
    for operation, path in _placed(operations):
        member = operation.method.lower()
        if path is None or not _TOKEN.fullmatch(operation.method):
            others.append({"operation": operation.name, **_observed(operation)})
            continue
        item = paths.setdefault(path, {})
        place: tuple[str, ...] = ("paths", path)
        if member not in openapi_versions.MEMBERS | {"query"}:
            item = item.setdefault("additionalOperations", {})
            place, member = (*place, "additionalOperations"), operation.method
        if member in item:
            others.append({"operation": operation.name, **_observed(operation)})
            continue
        required = security.requirement(operation, evidence, ledger, schemes)
        described = parameters.for_operation(operation, path)
        item[member] = {
            **_heading(operation),
            **({"parameters": described} if described else {}),
            **_with_body(messages.request_body(operation)),
            "responses": messages.responses(operation),
            **({} if required is None else {"security": required}),
            **_servers(operation),
            **_origin(operation, ledger),
            **header_order(evidence, operation),
        }
        names[*place, member] = operation.name
    _make_unique(operation for _, operation in openapi_versions.operations({"paths": paths}))
    return paths, others, names


class _Dumper(yaml.SafeDumper):
    """A dumper that writes multi-line texts as blocks and never uses anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        for key, value in node.value:
            if key.value in _ON_ONE_LINE:
                _flow(value)
        return node


def _flow(node: yaml.Node) -> None:
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _heading(operation: Operation) -> Schema:
    heading: Schema = {
        "operationId": naming.operation_id(operation.method, operation.template),
        "tags": [operation.category],
        "summary": operation.summary.rstrip(".") or operation.name,
    }
    note = prose.note(operation)
    return {**heading, "description": note} if note else heading


def _with_body(body: Schema | None) -> Schema:
    return {"requestBody": body} if body else {}


def _servers(operation: Operation) -> Schema:
    urls = [f"https://{host}" for host in operation.hosts if _HOST.fullmatch(host)]
    return {"servers": [{"url": url} for url in urls]} if urls else {}


def _any_server(operations: Iterable[Operation]) -> list[Schema]:
    """Return the server of operations whose host is unknown: any host that a source names, the most common first."""
    claimed = (operation for operation in operations if operation.claims)
    hosts = Counter(host for operation in claimed for host in operation.hosts if _HOST.fullmatch(host))
    if not hosts:
        return [{"url": "/"}]
    ranked = sorted(hosts, key=lambda host: (-hosts[host], host))
    variable = {"default": ranked[0], "enum": ranked}
    note = "For operations whose host is unknown; the others have their own servers."
    return [{"url": "https://{host}", "description": note, "variables": {"host": variable}}]


def _origin(operation: Operation, claims: Iterable[Claim]) -> Schema:
    claim_ids = {claim.id for claim in claims}
    known_claims = [name for name in operation.claims if name in claim_ids]
    odd = [host for host in operation.hosts if not _HOST.fullmatch(host)]
    return {
        "x-provenance": operation.provenance,
        **({"x-claims": known_claims} if known_claims else {}),
        **({"x-firmness": operation.firmness} if operation.firmness else {}),
        **({"x-learned": True} if operation.learned and not operation.seen else {}),
        **_observed(operation),
        **({"x-odd-hosts": odd} if odd else {}),
    }


def _observed(operation: Operation) -> Schema:
    return {"x-observed": operation.seen.described()} if operation.seen else {}


def _placed(operations: Iterable[Operation]) -> Iterator[tuple[Operation, str | None]]:
    """Yield each operation with its OpenAPI path; templates that differ only in parameter names share one path.

    The path is None for a target that is not a path (`*`). Templates of the route table come first and set the names.
    """
    paths: dict[str, str] = {}
    for operation in sorted(operations, key=lambda each: (not each.summary, each.template, each.method)):
        if not operation.template.startswith("/"):
            yield operation, None
            continue
        path = _path(operation.template)
        yield operation, paths.setdefault(re.sub(r"\{[^}]*\}", "{}", path), path)


def _path(template: str) -> str:
    """Return the template with unique parameter names, and with other braces percent-encoded."""
    seen: dict[str, int] = {}

    def unique(part: str) -> str:
        if not re.fullmatch(r"\{[A-Za-z_][A-Za-z0-9_]*\}", part):
            return "".join(f"%{ord(character):02X}" if character in " {}?#" else character for character in part)
        name = part.strip("{}")
        seen[name] = seen.get(name, 0) + 1
        return part if seen[name] == 1 else f"{{{name}_{seen[name]}}}"

    return "/".join(unique(part) for part in template.split("/"))


def _make_unique(entries: Iterable[Schema]) -> None:
    """Append a number to duplicate operation ids, which unusual paths can produce."""
    used: set[str] = set()
    for entry in entries:
        name, number = entry["operationId"], 1
        while entry["operationId"] in used:
            number += 1
            entry["operationId"] = f"{name}{number}"
        used.add(entry["operationId"])
