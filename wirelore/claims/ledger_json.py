"""The ledger as JSON, with the content of all other formats."""

from collections.abc import Iterable
from typing import Any

from wirelore.analysis.witness import KINDS
from wirelore.claims.ledger import Completeness, Dispute, Ledger
from wirelore.claims.rulings import VERDICTS, Row, Ruling
from wirelore.claims.weighing import Example, Span
from wirelore.evidence.counts import moment
from wirelore.model import codec

FORMAT = 1
"""The number of the output format."""


def write(ledger: Ledger) -> str:
    """Return the document, which ends with one line end."""
    weighed = ledger.weighed
    document = {
        "captures": weighed.captures,
        "exchanges": _numbers(weighed.exchanges, KINDS),
        "programs": dict(sorted(weighed.programs.items())),
        **_span(weighed.span),
        "verdicts": _numbers(ledger.verdicts, VERDICTS),
        "claims": [_row(row) for row in ledger.rows],
        "areas": [_area(area) for area in ledger.areas],
        "disputes": [_dispute(dispute) for dispute in ledger.disputes],
        "next": [
            {"recording": item.recording, "claims": list(item.claims), "disputed": list(item.disputed)}
            for item in ledger.next
        ],
        "sources": dict(ledger.sources),
        "events_left_out": weighed.left_out,
        "problems": list(ledger.problems),
    }
    return codec.pretty({"format": FORMAT, **document}).decode()


def _row(row: Row) -> dict[str, Any]:
    claim = row.claim
    reason = {"unobservable": claim.unobservable} if claim.unobservable else {}
    return {
        "id": claim.id,
        "area": claim.area,
        "claim": claim.claim,
        "sources": list(claim.sources),
        "firmness": claim.firmness,
        "contradicts": list(claim.contradicts),
        "verdict": row.verdict,
        **reason,
        "checks": [_ruling(ruling) for ruling in row.rulings],
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    check, weight = ruling.check, ruling.weight
    texts = {name: text for name, text in (("part", check.part), ("next", check.next)) if text}
    true, false, mixed = ruling.split
    return {
        **texts,
        "speaker": check.speaker,
        "holds": check.holds,
        "verdict": ruling.verdict,
        "for": ruling.holds,
        "against" if check.holds == "always" else "others": ruling.fails,
        "set_aside": weight.stand_ins,
        "kinds": {kind: [weight.number(holds=holds, kind=kind) for holds in (True, False)] for kind in KINDS},
        "programs": {
            name: [weight.number(holds=holds, program=name) for holds in (True, False)]
            for name in sorted({*true, *false, *mixed})
        },
        **_span(weight.span),
        "places_for": _examples(weight.spots(holds=True)),
        "places_against": _examples(weight.spots(holds=False)) if check.holds == "always" else [],
    }


def _examples(examples: Iterable[Example]) -> list[dict[str, str]]:
    return [
        {
            "exchange": str(example),
            "program": example.program,
            "kind": example.kind,
            **({"why": example.why} if example.why else {}),
        }
        for example in examples
    ]


def _area(completeness: Completeness) -> dict[str, Any]:
    return {
        "area": completeness.area.name,
        "title": completeness.area.title,
        "observed": completeness.observed,
        "contradicted": completeness.contradicted,
        "claimed_only": completeness.claimed,
        "not_observable": completeness.unobservable,
        "parts_decided": completeness.decided,
        "parts": completeness.parts,
        "seen": {part.title: number for part, number in completeness.seen.items()},
        "claimed_by_nobody": {part.title: dict(names) for part, names in completeness.unclaimed.items() if names},
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    rows = (dispute.first, dispute.second)
    verdicts = {row.claim.id: row.verdict for row in rows}
    return {"claims": verdicts, "outcome": dispute.outcome, "next": dispute.next}


def _span(span: Span) -> dict[str, str]:
    if span.first_us is None or span.last_us is None:
        return {}
    return {"first": moment(span.first_us), "last": moment(span.last_us)}


def _numbers(counts: Any, names: Iterable[str]) -> dict[str, int]:
    return {name: counts[name] for name in names}
