"""The ledger as JSON: everything that the other formats say, as data."""

from collections.abc import Iterable
from typing import Any

from wirelore.analysis.witness import KINDS
from wirelore.claims.ledger import Completeness, Dispute, Ledger
from wirelore.claims.rulings import VERDICTS, Row, Ruling
from wirelore.claims.weighing import Example, Span
from wirelore.evidence.counts import moment
from wirelore.model import codec

FORMAT = 1
"""The number of this format."""


def write(ledger: Ledger) -> str:
    """The whole document, ending in one line end."""
    weighed = ledger.weighed
    document = {
        "captures": weighed.captures,
        "exchanges": _numbers(weighed.exchanges, KINDS),
        "programs": dict(sorted(weighed.programs.items())),
        **_span(weighed.span),
        "verdicts": _numbers(ledger.verdicts, VERDICTS),
        "claims": [_row(row) for row in ledger.rows],
        "areas": [_area(one) for one in ledger.areas],
        "disputes": [_dispute(one) for one in ledger.disputes],
        "next": [
            {"recording": one.recording, "claims": list(one.claims), "disputed": list(one.disputed)}
            for one in ledger.next
        ],
        "sources": dict(ledger.sources),
        "events_left_out": weighed.left_out,
        "problems": list(ledger.problems),
    }
    return codec.pretty({"format": FORMAT, **document}).decode()


def _row(row: Row) -> dict[str, Any]:
    claim = row.claim
    why = {"unobservable": claim.unobservable} if claim.unobservable else {}
    return {
        "id": claim.id,
        "area": claim.area,
        "claim": claim.claim,
        "sources": list(claim.sources),
        "firmness": claim.firmness,
        "contradicts": list(claim.contradicts),
        "verdict": row.verdict,
        **why,
        "checks": [_ruling(ruling) for ruling in row.rulings],
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    check, weight = ruling.check, ruling.weight
    named = {name: text for name, text in (("part", check.part), ("next", check.next)) if text}
    true, false, both = ruling.split
    return {
        **named,
        "speaker": check.speaker,
        "holds": check.holds,
        "verdict": ruling.verdict,
        "for": ruling.holds,
        "against" if check.holds == "always" else "others": ruling.fails,
        "set_aside": weight.stand_ins,
        "kinds": {kind: [weight.number(holds=holds, kind=kind) for holds in (True, False)] for kind in KINDS},
        "programs": {
            name: [weight.number(holds=holds, program=name) for holds in (True, False)]
            for name in sorted({*true, *false, *both})
        },
        **_span(weight.span),
        "places_for": _spots(weight.spots(holds=True)),
        "places_against": _spots(weight.spots(holds=False)) if check.holds == "always" else [],
    }


def _spots(spots: Iterable[Example]) -> list[dict[str, str]]:
    return [
        {"exchange": str(spot), "program": spot.program, "kind": spot.kind, **({"why": spot.why} if spot.why else {})}
        for spot in spots
    ]


def _area(one: Completeness) -> dict[str, Any]:
    return {
        "area": one.area.name,
        "title": one.area.title,
        "observed": one.observed,
        "contradicted": one.contradicted,
        "claimed_only": one.claimed,
        "not_observable": one.unobservable,
        "parts_decided": one.decided,
        "parts": one.parts,
        "seen": {part.title: number for part, number in one.seen.items()},
        "claimed_by_nobody": {part.title: dict(names) for part, names in one.unclaimed.items() if names},
    }


def _dispute(one: Dispute) -> dict[str, Any]:
    rows = (one.first, one.second)
    verdicts = {row.claim.id: row.verdict for row in rows}
    return {"claims": verdicts, "outcome": one.outcome, "next": one.next}


def _span(one: Span) -> dict[str, str]:
    if one.first_us is None or one.last_us is None:
        return {}
    return {"first": moment(one.first_us), "last": moment(one.last_us)}


def _numbers(counts: Any, names: Iterable[str]) -> dict[str, int]:
    return {name: counts[name] for name in names}
