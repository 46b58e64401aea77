"""Hand-written claims, weighed with hand-written exchanges, for the tests of claims and their ledger."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wirelore.claims.ledger import Ledger, build
from wirelore.claims.weighing import Scales, Weighed
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import Area, Check, Claim, Part

AREAS = {
    "transport": Area("transport", "Endpoints", 1, (Part("operations", "operations", ("operation",)),)),
    "streams": Area("streams", "Streams", 2, (Part("event types", "event-payloads", ("data", "type")),)),
}
CLI = (("user-agent", "claude-cli/2.0.56 (external, cli)"), ("content-type", "application/json"))
OTHER = (("user-agent", "claude-cli/2.1.112 (external, cli)"), ("content-type", "application/json"))
MESSAGES = {"properties": {"operation": {"const": "POST /v1/messages"}}}


def claim(name: str = "E01", *checks: Check, **more: Any) -> Claim:
    """Return a claim."""
    stated = {"area": "transport", "claim": f"Claim {name} is so.", "sources": ("S0",), "firmness": "captured"}
    return Claim(**{**stated, **more, "id": name, "checks": checks})


def check(must: Any = True, when: Any = MESSAGES, speaker: str = "client", **more: str) -> Check:
    """Return a check."""
    return Check(speaker, when, must, **more)


def status(number: int) -> dict[str, Any]:
    """Return a schema that requires this status."""
    return {"properties": {"status": {"const": number}}, "required": ["status"]}


def weighed(
    claims: Sequence[Claim],
    exchanges: Iterable[Exchange],
    manifest: Mapping[str, Any] | None = None,
    areas: Iterable[Area] = (),
) -> Weighed:
    """Weigh claims with the exchanges of one capture."""
    scales = Scales(claims, areas)
    scales.add("made", manifest or {}, exchanges)
    return scales.weighed


def ledger(claims: Sequence[Claim], *exchanges: Exchange) -> Ledger:
    """Return the ledger of claims after the exchanges of one capture."""
    return build(claims, AREAS, {"S0": "A source"}, weighed(claims, exchanges, areas=AREAS.values()))
