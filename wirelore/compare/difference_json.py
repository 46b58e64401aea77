"""Differences as JSON, for programs."""

from dataclasses import asdict
from typing import Any

from wirelore.compare.change import Difference, Side
from wirelore.compare.presentation import Changes
from wirelore.model import codec

FORMAT = 1
"""The number of the output format."""


def write(changes: Changes) -> str:
    """Return one JSON document: both sides, counts, differences, accepted and stale entries, noise, problems."""
    return codec.pretty(described(changes)).decode()


def described(changes: Changes) -> dict[str, Any]:
    """Return the changes as a JSON value."""
    compared = changes.comparison
    return {
        "format": FORMAT,
        "before": _side(compared.before),
        "after": _side(compared.after),
        "counts": changes.counts,
        "noise_known": compared.noise_known,
        "differences": [difference(each) for each in changes.counted],
        "accepted": [
            {"entry": each.entry, "reason": each.reason, "difference": difference(each.difference)}
            for each in changes.accepted
        ],
        "stale": [asdict(each) for each in changes.stale],
        "set_aside": [asdict(each) for each in compared.set_aside],
        "problems": list(compared.problems),
    }


def difference(item: Difference) -> dict[str, Any]:
    """Return one difference as a JSON value."""
    return asdict(item)


def _side(side: Side) -> dict[str, Any]:
    return {**asdict(side), "origins": dict(sorted(side.origins.items()))}
