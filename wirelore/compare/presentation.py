"""The presentation of differences: accepted ones separated, ranked, grouped, and described in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from wirelore.compare.change import CLIENT, KINDS, SERVER, Comparison, Difference, Occurrence, Side
from wirelore.model.wording import quantity

LEVELS = ("breaking", "additive", "any")
"""The values of `--fail-on`: breaking ones; also additive ones; every difference that is not accepted."""

DIRECTIONS = {CLIENT: "client to server", SERVER: "server to client"}
"""The directions in words, in the order of output."""

KIND_WORDS = {
    "breaking": "breaking",
    "additive": "additive",
    "cosmetic": "cosmetic",
    "unjudged": "inconclusive",
}
"""The classes in words, the most severe first."""

UNREPEATED = (
    "No recording was repeated, so noise (ids, counters, times) cannot be recognized: record one side again and pass "
    "the recording with --noise."
)
"""A warning about differences between single recordings."""

_CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference that the accept file accepts."""

    difference: Difference
    entry: int
    """The number of the entry in the accept file, from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry of the accept file that accepts nothing."""

    entry: int
    wanted: str
    """The members that select differences, in words."""
    why: str


@dataclass(frozen=True)
class Changes:
    """A comparison with the accepted differences separated."""

    comparison: Comparison
    counted: tuple[Difference, ...]
    """The differences that are not accepted, in the order of `ranked`."""
    accepted: tuple[Accepted, ...] = field(default=())
    stale: tuple[Stale, ...] = field(default=())

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The number of differences that are not accepted, by every class and direction."""
        totals = Counter((difference.kind, difference.direction) for difference in self.counted)
        return {kind: {direction: totals[kind, direction] for direction in DIRECTIONS} for kind in KINDS}

    def reaches(self, level: str) -> bool:
        """Return True if a difference is at or above a level of LEVELS; for `any`, also if an entry is stale."""
        return any(fails(difference.kind, level) for difference in self.counted) or (
            level == "any" and bool(self.stale)
        )


def fails(kind: str, level: str) -> bool:
    """Return True if a difference of a class is at or above a level."""
    return level == "any" or LEVELS.index(level) >= KINDS.index(kind)


def ranked(differences: Iterable[Difference]) -> list[Difference]:
    """Sort by severity and direction, then operations and differences with the most scenarios first."""
    unsorted = list(differences)
    most: Counter[tuple[str, str, str]] = Counter()
    for each in unsorted:
        key = (each.kind, each.direction, each.operation)
        most[key] = max(most[key], _spread(each))
    directions = list(DIRECTIONS)
    return sorted(
        unsorted,
        key=lambda each: (
            KINDS.index(each.kind),
            directions.index(each.direction),
            -most[each.kind, each.direction, each.operation],
            each.operation,
            -_spread(each),
            each.place,
            each.rule,
            each.fingerprint,
        ),
    )


def gathered(differences: Iterable[Difference]) -> list[tuple[str, str, list[Difference]]]:
    """Group ranked differences into runs of one direction and operation."""
    runs = groupby(differences, lambda each: (each.direction, each.operation))
    return [(direction, operation, list(run)) for (direction, operation), run in runs]


def of_kind(differences: Iterable[Difference], kind: str) -> list[Difference]:
    """Return the differences of a class, in their order."""
    return [each for each in differences if each.kind == kind]


def operation_words(operation: str) -> str:
    """Return the operation, or a label for differences without one."""
    return operation or "whole sessions"


def occurrence_words(occurrence: Occurrence) -> str:
    """Return the content of one side in words: `12 of 12: "a"`, `absent (0 of 12)`; without counts `"a"` alone."""
    if not occurrence.of:
        return occurrence.shown or "absent"
    if not occurrence.count:
        return f"absent (0 of {occurrence.of})"
    return f"{occurrence.count} of {occurrence.of}" + (f": {occurrence.shown}" if occurrence.shown else "")


def change_words(difference: Difference, arrow: str = "->") -> str:
    """Return the content of both sides in words, without the values that the message contains already."""
    occurrences = (difference.before, difference.after)
    is_repeated = all(occurrence.shown in difference.message for occurrence in occurrences)
    if is_repeated and not any(occurrence.of for occurrence in occurrences):
        return ""
    return f" {arrow} ".join(
        occurrence_words(replace(occurrence, shown="") if is_repeated and occurrence.of else occurrence)
        for occurrence in occurrences
    )


def scenario_words(difference: Difference, most: int = 3) -> str:
    """Return the number and names of scenarios with a difference; empty if the captures have no scenarios."""
    number, total = len(difference.groups), difference.of_groups
    if not total:
        return ""
    if number == total > 1:
        return f"in all {total} scenarios"
    names = ", ".join(difference.groups[:most])
    more = f" and {number - most} more" if number > most else ""
    return f"in {number} of {quantity(total, 'scenario')}: {names}{more}" if names else ""


def side_words(side: Side) -> str:
    """Return the properties of a side on one line."""
    facts = dict(side_facts(side))
    parts = [
        facts["Clients"],
        quantity(side.captures, "capture") if side.captures else "",
        quantity(side.exchanges, "exchange") if side.captures else "",
        quantity(len(side.groups), "scenario") if side.groups else "",
        facts["Repeats"],
        facts["Recorded"],
        f"origin {facts['Origin']}" if facts["Origin"] else "",
    ]
    return ", ".join(filter(None, parts))


def side_facts(side: Side) -> list[tuple[str, str]]:
    """Return the properties of a side as names and values; unknown values are empty."""
    days = list(dict.fromkeys(day for day in (side.started[:10], side.ended[:10]) if day))
    more = f" and {len(side.clients) - _CLIENTS} more" if side.clients[_CLIENTS:] else ""
    return [
        ("Clients", ", ".join(side.clients[:_CLIENTS]) + more),
        ("Captures", f"{side.captures:,}" if side.captures else ""),
        ("Exchanges", f"{side.exchanges:,}" if side.captures else ""),
        ("Scenarios", f"{len(side.groups):,}" if side.groups else ""),
        ("Repeats", f"up to {side.repeats} of a scenario" if side.groups and side.repeats > 1 else ""),
        ("Recorded", " to ".join(days)),
        ("Origin", ", ".join(f"{name}: {count:,}" for name, count in sorted(side.origins.items()))),
    ]


def count_words(counts: dict[str, dict[str, int]]) -> list[str]:
    """Return a phrase for each class: `3 breaking (2 client to server, 1 server to client)`."""
    phrases = []
    for kind, directions in counts.items():
        parts = ", ".join(f"{number} {DIRECTIONS[direction]}" for direction, number in directions.items() if number)
        phrases.append(f"{sum(directions.values())} {KIND_WORDS[kind]}" + (f" ({parts})" if parts else ""))
    return phrases


def _spread(difference: Difference) -> int:
    return len(difference.groups) or max(difference.before.count, difference.after.count)
