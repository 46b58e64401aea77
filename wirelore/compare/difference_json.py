"""Differences as JSON, for programs."""

from dataclasses import asdict
from typing import Any

from wirelore.compare.change import Difference, Side
from wirelore.compare.presentation import Changes
from wirelore.model import codec

FORMAT = 1
"""The number of this format."""


def write(changes: Changes) -> str:
    """The changes as one JSON document: both sides, counts, differences, accepted, stale, set aside, problems."""
    return codec.pretty(described(changes)).decode()


def described(changes: Changes) -> dict[str, Any]:
    """The changes as a JSON value."""
    compared = changes.comparison
    return {
        "format": FORMAT,
        "before": _side(compared.before),
        "after": _side(compared.after),
        "counts": changes.counts,
        "noise_known": compared.noise_known,
        "differences": [difference(one) for one in changes.counted],
        "accepted": [
            {"entry": one.entry, "reason": one.reason, "difference": difference(one.difference)}
            for one in changes.accepted
        ],
        "stale": [asdict(one) for one in changes.stale],
        "set_aside": [asdict(one) for one in compared.set_aside],
        "problems": list(compared.problems),
    }


def difference(one: Difference) -> dict[str, Any]:
    """One difference as a JSON value."""
    return asdict(one)


def _side(side: Side) -> dict[str, Any]:
    return {**asdict(side), "origins": dict(sorted(side.origins.items()))}
