"""Versions and beta flags: from when to when a flag was sent, and what else was new when it was."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wirelore.flags.co_occurrence import MOST, Masks, order, simplest
from wirelore.flags.request_paths import Place
from wirelore.flags.tally import Cell, Group, Row
from wirelore.model.versions import version_key

_Situation = tuple[str, str]
"""An operation and a scenario."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Versions beyond the first or last with a flag that recorded the same operations and scenarios without it."""

    versions: tuple[str, ...] = ()
    requests: int = 0
    """Theirs, of these operations and scenarios."""
    same_models: bool = False
    """Whether any of these requests names a model that the flag was sent with."""

    @property
    def nearest(self) -> str:
        """The version that says most: the last before, or the first after."""
        return self.versions[0] if self.versions else ""


@dataclass(frozen=True, slots=True)
class Span:
    """The versions of one client that sent a flag."""

    client: str
    first: str
    last: str
    requests: int
    before: Lack
    after: Lack


@dataclass(frozen=True, slots=True)
class Arrival:
    """A place that no earlier version had, with distinct requests of the version that a flag is new in."""

    place: Place
    having: int
    with_flag: int
    lacking: int
    without_flag: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What was new in an operation in the version that a flag is new in, best match first."""

    flag: str
    client: str
    version: str
    earlier: tuple[str, ...]
    """The versions without flag and places."""
    operation: str
    found: tuple[Arrival, ...]
    """At most MOST."""
    more: int
    """How many others match, less well."""


def spans(cells: Counter[Cell], every: Counter[Cell]) -> tuple[Span, ...]:
    """The spans of a flag by client: `cells` are its own requests, `every` those of all."""
    found = []
    for client in sorted({cell.client for cell in cells}):
        own = Counter({cell: count for cell, count in cells.items() if cell.client == client})
        versions = sorted({cell.version for cell in own}, key=version_key)
        others = [(cell, count) for cell, count in every.items() if cell.client == client and cell.version]
        first, last = version_key(versions[0]), version_key(versions[-1])
        before = [(cell, count) for cell, count in others if version_key(cell.version) < first]
        after = [(cell, count) for cell, count in others if version_key(cell.version) > last]
        sent = sum(own.values())
        found.append(
            Span(
                client,
                versions[0],
                versions[-1],
                sent,
                _lack(own, versions[0], before, latest_first=True),
                _lack(own, versions[-1], after, latest_first=False),
            )
        )
    return tuple(found)


def arrivals(groups: Mapping[Group, Sequence[Row]]) -> tuple[Arrivals, ...]:
    """For each flag that is new in a version, what else was; sorted by client, version, operation and flag."""
    sides: dict[tuple[str, str], dict[str, Sequence[Row]]] = defaultdict(dict)
    for group, rows in groups.items():
        if group.version:
            sides[group.client, group.operation][group.version] = rows
    found: list[Arrivals] = []
    for (client, operation), versions in sides.items():
        earlier: list[str] = []
        known: list[Row] = []
        for version in sorted(versions, key=version_key):
            here = (client, version, operation, tuple(earlier))
            found += _new(here, known, versions[version]) if earlier else ()
            earlier.append(version)
            known += versions[version]
    return tuple(sorted(found, key=lambda one: (one.client, version_key(one.version), one.operation, one.flag)))


def _lack(own: Counter[Cell], version: str, others: Sequence[tuple[Cell, int]], *, latest_first: bool) -> Lack:
    sent = [cell for cell in own if cell.version == version]
    situations = {(cell.operation, cell.scenario) for cell in sent}
    like = [(cell, count) for cell, count in others if (cell.operation, cell.scenario) in situations]
    versions = sorted({cell.version for cell, _ in like}, key=version_key, reverse=latest_first)
    models = {cell.model for cell in sent} & {cell.model for cell, _ in like}
    return Lack(tuple(versions), sum(count for _, count in like), bool(models))


def _new(
    here: tuple[str, str, str, tuple[str, ...]], earlier: Sequence[Row], rows: Sequence[Row]
) -> Iterator[Arrivals]:
    """Only scenarios that both sides recorded are looked at: a new scenario is no new version."""
    client, version, operation, before = here
    common = {row.scenario for row in earlier} & {row.scenario for row in rows}
    known = [row for row in earlier if row.scenario in common]
    old = set[Place]().union(*(row.places for row in known))
    sent = set[str]().union(*(row.flags for row in earlier))
    masks = Masks([row for row in rows if row.scenario in common])
    new = {place: mask for place, mask in masks.places.items() if place not in old}
    kept = simplest(new, new)
    for flag in sorted(set(masks.flags) - sent):
        every = {place: Arrival(shown, *masks.counted(flag, place)) for place, shown in kept.items()}
        matching = [every[place] for place in sorted(every, key=lambda each: (_unlike(every[each]), order(each)))]
        matching = [one for one in matching if _matches(one)]
        if matching:
            found = tuple(matching[:MOST])
            yield Arrivals(flag, client, version, before, operation, found, len(matching) - len(found))


def _matches(one: Arrival) -> bool:
    """Whether most requests with the flag have the place, and at most a quarter of those without."""
    return 2 * one.having > one.with_flag and 4 * one.lacking <= one.without_flag


def _unlike(one: Arrival) -> int:
    """Requests that have one without the other."""
    return one.with_flag - one.having + one.lacking
