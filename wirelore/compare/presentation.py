"""Differences as readers want them: those that count apart from the accepted, ranked, gathered, in common words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from wirelore.compare.change import CLIENT, KINDS, SERVER, Comparison, Difference, Occurrence, Side
from wirelore.model.wording import quantity

LEVELS = ("breaking", "additive", "any")
"""What `--fail-on` takes: breaking alone; additive as well; every difference that is not accepted."""

DIRECTIONS = {CLIENT: "client to server", SERVER: "server to client"}
"""The directions in words, in the order in which they are told."""

KIND_WORDS = {
    "breaking": "breaking",
    "additive": "additive",
    "cosmetic": "cosmetic",
    "unjudged": "could not be judged",
}
"""The classes in words, the gravest first."""

UNREPEATED = (
    "No recording was repeated, so what differs by itself (ids, counters, times) is not known: record one side again "
    "and give it with --noise."
)
"""What a reader must know of differences between single recordings."""

_CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference that somebody has looked at and lives with."""

    difference: Difference
    entry: int
    """The number of the entry in the accept file, from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry of the accept file that accepts nothing."""

    entry: int
    wanted: str
    """What it is for, in words."""
    why: str


@dataclass(frozen=True)
class Changes:
    """A comparison with what was accepted apart."""

    comparison: Comparison
    counted: tuple[Difference, ...]
    """The differences that are not accepted, ranked as `ranked` does."""
    accepted: tuple[Accepted, ...] = field(default=())
    stale: tuple[Stale, ...] = field(default=())

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Differences that count, by class and direction; zero included."""
        totals = Counter((one.kind, one.direction) for one in self.counted)
        return {kind: {way: totals[kind, way] for way in DIRECTIONS} for kind in KINDS}

    def reaches(self, level: str) -> bool:
        """Whether anything is at or above a level of LEVELS; a stale entry is so for `any`."""
        return any(fails(one.kind, level) for one in self.counted) or (level == "any" and bool(self.stale))


def fails(kind: str, level: str) -> bool:
    """Whether a difference of a class is at or above a level."""
    return level == "any" or LEVELS.index(level) >= KINDS.index(kind)


def ranked(differences: Iterable[Difference]) -> list[Difference]:
    """The gravest first, then by direction; then the operation that differs most, and what most scenarios show."""
    every = list(differences)
    most: Counter[tuple[str, str, str]] = Counter()
    for one in every:
        key = (one.kind, one.direction, one.operation)
        most[key] = max(most[key], _spread(one))
    ways = list(DIRECTIONS)
    return sorted(
        every,
        key=lambda one: (
            KINDS.index(one.kind),
            ways.index(one.direction),
            -most[one.kind, one.direction, one.operation],
            one.operation,
            -_spread(one),
            one.place,
            one.rule,
            one.fingerprint,
        ),
    )


def gathered(differences: Iterable[Difference]) -> list[tuple[str, str, list[Difference]]]:
    """Ranked differences as runs of one direction and operation."""
    runs = groupby(differences, lambda one: (one.direction, one.operation))
    return [(way, operation, list(run)) for (way, operation), run in runs]


def of_kind(differences: Iterable[Difference], kind: str) -> list[Difference]:
    """Those of a class, in the order given."""
    return [one for one in differences if one.kind == kind]


def operation_words(operation: str) -> str:
    """The operation, or what stands for none."""
    return operation or "the sessions as a whole"


def occurrence_words(occurrence: Occurrence) -> str:
    """What one side shows, in words: `12 of 12: "a"`, `not there (0 of 12)`; `"a"` alone where nothing was counted."""
    if not occurrence.of:
        return occurrence.shown or "not there"
    if not occurrence.count:
        return f"not there (0 of {occurrence.of})"
    return f"{occurrence.count} of {occurrence.of}" + (f": {occurrence.shown}" if occurrence.shown else "")


def change_words(one: Difference, arrow: str = "->") -> str:
    """What both sides show, in words; what the message says already is not said again."""
    occurrences = (one.before, one.after)
    told = all(occurrence.shown in one.message for occurrence in occurrences)
    if told and not any(occurrence.of for occurrence in occurrences):
        return ""
    return f" {arrow} ".join(
        occurrence_words(replace(occurrence, shown="") if told and occurrence.of else occurrence)
        for occurrence in occurrences
    )


def scenario_words(difference: Difference, most: int = 3) -> str:
    """In how many scenarios a difference shows, and in which; empty if the captures tell none."""
    number, of = len(difference.groups), difference.of_groups
    if not of:
        return ""
    if number == of > 1:
        return f"in all {of} scenarios"
    names = ", ".join(difference.groups[:most])
    more = f" and {number - most} more" if number > most else ""
    return f"in {number} of {quantity(of, 'scenario')}: {names}{more}" if names else ""


def side_words(side: Side) -> str:
    """What a side consists of, on one line."""
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
    """What a side consists of: name and value each; the value is empty where the side does not tell."""
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
    """A phrase for each class: `3 breaking (2 client to server, 1 server to client)`."""
    phrases = []
    for kind, ways in counts.items():
        parts = ", ".join(f"{number} {DIRECTIONS[way]}" for way, number in ways.items() if number)
        phrases.append(f"{sum(ways.values())} {KIND_WORDS[kind]}" + (f" ({parts})" if parts else ""))
    return phrases


def _spread(one: Difference) -> int:
    return len(one.groups) or max(one.before.count, one.after.count)
