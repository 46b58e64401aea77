"""Findings as JSON, for programs."""

from typing import Any

from wirelore.analysis.finding_groups import Group, Outcome
from wirelore.model import codec

FORMAT = 1
"""The number of the output format."""


def write(outcome: Outcome) -> str:
    """Return one JSON document with captures, exchanges, counts, findings grouped by fingerprint, and problems."""
    return codec.pretty(
        {
            "format": FORMAT,
            "captures": outcome.captures,
            "exchanges": outcome.exchanges,
            "counts": outcome.counts,
            "findings": [_entry(group) for group in outcome.groups],
            "problems": outcome.problems,
        }
    ).decode()


def _entry(group: Group) -> dict[str, Any]:
    first = group.first
    return {
        "rule": first.rule,
        "severity": first.severity,
        "operation": first.operation,
        "pointer": first.pointer,
        "message": first.message,
        "fingerprint": first.fingerprint,
        "count": group.count,
        "places": [
            {"capture": p.capture, "exchange": p.exchange, "item": p.item, "pointer": p.pointer} for p in group.places
        ],
    }
