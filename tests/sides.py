"""Two sides for comparisons, from hand-written exchanges."""

from collections.abc import Iterable, Mapping

from wirelore.compare.captures import Recorded, compared
from wirelore.compare.change import Comparison, Difference, Side
from wirelore.compare.change_tables import tables
from wirelore.compare.features import Features, features_of
from wirelore.model.exchange import Exchange

AGENT = ("user-agent", "made-agent/1.0.7 (x)")


def capture(*exchanges: Exchange, name: str = "made", version: str = "") -> Features:
    """Return the features of one capture."""
    return features_of(exchanges, name, tables(), version)


def comparison(before: Mapping[str, Iterable[Features]], after: Mapping[str, Iterable[Features]]) -> Comparison:
    """Return the comparison of captures by scenario."""
    old, new = ({name: list(one) for name, one in side.items()} for side in (before, after))
    return compared(Recorded(Side("old"), old), Recorded(Side("new"), new))


def differences(before: Iterable[Exchange], after: Iterable[Exchange]) -> list[Difference]:
    """Return the differences of two captures of one scenario."""
    return list(comparison({"s": [capture(*before)]}, {"s": [capture(*after)]}).differences)


def messages_of(before: Iterable[Exchange], after: Iterable[Exchange]) -> list[tuple[str, str, str]]:
    """Return (class, rule, message) of the differences of two captures."""
    return [(one.kind, one.rule, one.message) for one in differences(before, after)]
