"""Comparisons of two sides that consist of synthetic exchanges."""

from collections.abc import Iterable, Mapping

from wirelore.compare.captures import Recorded, compared
from wirelore.compare.change import Comparison, Difference, Side
from wirelore.compare.change_tables import tables
from wirelore.compare.features import Features, features_of
from wirelore.model.exchange import Exchange

AGENT = ("user-agent", "made-agent/1.0.7 (x)")


def capture(*exchanges: Exchange, name: str = "made", version: str = "") -> Features:
    """Return the features of a capture."""
    return features_of(exchanges, name, tables(), version)


def comparison(before: Mapping[str, Iterable[Features]], after: Mapping[str, Iterable[Features]]) -> Comparison:
    """Compare captures by scenario."""
    old, new = ({name: list(features) for name, features in side.items()} for side in (before, after))
    return compared(Recorded(Side("old"), old), Recorded(Side("new"), new))


def differences(before: Iterable[Exchange], after: Iterable[Exchange]) -> list[Difference]:
    """Return the differences between two captures of one scenario."""
    return list(comparison({"s": [capture(*before)]}, {"s": [capture(*after)]}).differences)


def told(before: Iterable[Exchange], after: Iterable[Exchange]) -> list[tuple[str, str, str]]:
    """Return (class, rule, message) of the differences between two captures."""
    return [(difference.kind, difference.rule, difference.message) for difference in differences(before, after)]
