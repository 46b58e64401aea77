"""The catalogue of all observed, claimed and learned operations, with their provenance."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from wirelore.evidence.collector import Evidence
from wirelore.evidence.counts import Seen
from wirelore.evidence.learned_bodies import responses
from wirelore.evidence.provenance import provenance as _provenance
from wirelore.model.routes import Routes
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library
from wirelore.schema.routing import TABLE

_CATEGORY = "other"
_ELSEWHERE = "elsewhere"
"""The category of operations on hosts that are not in the route table."""
_REFUTED = "negative"


@dataclass(frozen=True)
class Operation:
    """An operation with its properties, but without its messages."""

    name: str
    """`METHOD /path/{template}`."""
    hosts: tuple[str, ...]
    """The known hosts, sorted."""
    category: str
    summary: str
    """A summary; empty if the operation is not in the route table."""
    claims: tuple[str, ...]
    """The ids of the claims that state or mention the operation, sorted."""
    provenance: str
    """`observed`, `claimed`, `both`, or `learned`: in the schemas, but not in these captures and not claimed."""
    firmness: str
    """The firmness of the claims: `captured`, `reported`, ... ; empty if no source claims the operation."""
    security: tuple[str, ...]
    """The credentials in the route table: any of `api-key`, `bearer`, `none`; empty if unknown."""
    seen: Seen | None
    learned: bool = False
    """True if the schemas describe a body of it."""
    known: bool = False
    """True if it is in the route table or the schemas, so that it shares the errors of the protocol."""

    @property
    def method(self) -> str:
        """The request's method."""
        return self.name.partition(" ")[0]

    @property
    def template(self) -> str:
        """The path's template."""
        return self.name.partition(" ")[2]


def catalogue(evidence: Evidence, library: Library, routes: Routes, claims: Iterable[Claim]) -> list[Operation]:
    """Return all operations, sorted by path and method."""
    table = _table(library)
    ledger = list(claims)
    bodies = {*library.branches("request-bodies"), *(name for name, _ in responses(library))}
    known = {*table, *_listed(library), *bodies}
    names = {*evidence.operations, *known}
    operations = [
        replace(
            _operation(name, evidence, table.get(name, {}), routes, ledger), learned=name in bodies, known=name in known
        )
        for name in names
    ]
    return sorted(operations, key=lambda operation: (operation.template, operation.method))


def _operation(
    name: str, evidence: Evidence, entry: dict[str, Any], routes: Routes, ledger: Iterable[Claim]
) -> Operation:
    seen = evidence.operations.get(name)
    stating_ids = set(entry.get("claims", ()))
    stating_claims = [claim for claim in ledger if claim.id in stating_ids]
    mentioning_ids = {claim.id for claim in ledger if name in claim.operations and claim.firmness != _REFUTED}
    method, _, template = name.partition(" ")
    route = routes.match(method, template)
    hosts = {*entry.get("hosts", ()), *evidence.hosts.get(name, ())} - {""}
    default_category = _ELSEWHERE if hosts and not hosts.intersection(routes.hosts) and not entry else _CATEGORY
    return Operation(
        name=name,
        hosts=tuple(sorted(hosts)),
        category=entry.get("category") or (route.category if route else default_category),
        summary=entry.get("summary", ""),
        claims=tuple(sorted(stating_ids | mentioning_ids)),
        provenance=_provenance(seen=seen is not None, claimed=bool(stating_ids)),
        firmness=entry.get("firmness") or _firmest(stating_claims),
        security=tuple(entry.get("security", ())),
        seen=seen,
    )


def _firmest(claims: Iterable[Claim]) -> str:
    firmness = {claim.firmness for claim in claims}
    return next((each for each in ("captured", "reported", "extrapolated") if each in firmness), "")


def _table(library: Library) -> dict[str, dict[str, Any]]:
    document = json.loads((library.folder / TABLE).read_text("utf-8"))
    return {f"{entry['method']} {entry['path']}": entry for entry in document["operations"]}


def _listed(library: Library) -> Iterator[str]:
    """Yield the operations that the schemas list."""
    listed = library.root("operations").get("properties", {}).get("operation", {}).get("enum", ())
    yield from (name for name in listed if isinstance(name, str))
