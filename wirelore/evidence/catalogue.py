"""The catalogue: every operation that was observed, claimed or learned, with who says so."""

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
"""The category of operations at hosts of which the route table has none."""
_REFUTED = "negative"


@dataclass(frozen=True)
class Operation:
    """One operation, and what is known of it besides its messages."""

    name: str
    """`METHOD /path/{template}`."""
    hosts: tuple[str, ...]
    """Sorted; empty if nothing names one."""
    category: str
    summary: str
    """In our own words; empty if the route table does not have the operation."""
    claims: tuple[str, ...]
    """The ids of the claims that state the operation, and of those that speak of it, sorted."""
    provenance: str
    """`observed`, `claimed`, `both`, or `learned`: in the schemas, but not in these captures and not claimed."""
    firmness: str
    """How firmly the sources hold a claimed operation: `captured`, `reported`, ... ; empty if none claims it."""
    security: tuple[str, ...]
    """What the route table states: any of `api-key`, `bearer`, `none`; empty if it states nothing."""
    seen: Seen | None
    learned: bool = False
    """Whether the schemas know a body of it, from whatever traffic."""
    known: bool = False
    """Whether the route table or the schemas have it: it is of the protocol, and its errors look like all others."""

    @property
    def method(self) -> str:
        """The request's method."""
        return self.name.partition(" ")[0]

    @property
    def template(self) -> str:
        """The path's template."""
        return self.name.partition(" ")[2]


def catalogue(evidence: Evidence, library: Library, routes: Routes, claims: Iterable[Claim]) -> list[Operation]:
    """All operations, sorted by path and method."""
    table = _table(library)
    ledger = list(claims)
    bodies = {*library.branches("request-bodies"), *(name for name, _ in responses(library))}
    known = {*table, *_listed(library), *bodies}
    names = {*evidence.operations, *known}
    made = [
        replace(
            _operation(name, evidence, table.get(name, {}), routes, ledger), learned=name in bodies, known=name in known
        )
        for name in names
    ]
    return sorted(made, key=lambda one: (one.template, one.method))


def _operation(
    name: str, evidence: Evidence, entry: dict[str, Any], routes: Routes, ledger: Iterable[Claim]
) -> Operation:
    seen = evidence.operations.get(name)
    stated = set(entry.get("claims", ()))
    holding = [claim for claim in ledger if claim.id in stated]
    speaking = {claim.id for claim in ledger if name in claim.operations and claim.firmness != _REFUTED}
    method, _, template = name.partition(" ")
    route = routes.match(method, template)
    hosts = {*entry.get("hosts", ()), *evidence.hosts.get(name, ())} - {""}
    strange = _ELSEWHERE if hosts and not hosts.intersection(routes.hosts) and not entry else _CATEGORY
    return Operation(
        name=name,
        hosts=tuple(sorted(hosts)),
        category=entry.get("category") or (route.category if route else strange),
        summary=entry.get("summary", ""),
        claims=tuple(sorted(stated | speaking)),
        provenance=_provenance(seen=seen is not None, claimed=bool(stated)),
        firmness=entry.get("firmness") or _firmest(holding),
        security=tuple(entry.get("security", ())),
        seen=seen,
    )


def _firmest(claims: Iterable[Claim]) -> str:
    held = {claim.firmness for claim in claims}
    return next((each for each in ("captured", "reported", "extrapolated") if each in held), "")


def _table(library: Library) -> dict[str, dict[str, Any]]:
    document = json.loads((library.folder / TABLE).read_text("utf-8"))
    return {f"{entry['method']} {entry['path']}": entry for entry in document["operations"]}


def _listed(library: Library) -> Iterator[str]:
    """The operations that the schemas list."""
    listed = library.root("operations").get("properties", {}).get("operation", {}).get("enum", ())
    yield from (name for name in listed if isinstance(name, str))
