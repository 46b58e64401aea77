"""Beta flags by client version: the versions that sent a flag, and other parts that were new with it."""

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
    """Versions before the first or after the last with a flag, in the same operations and scenarios without it."""

    versions: tuple[str, ...] = ()
    requests: int = 0
    """The number of their requests in these operations and scenarios."""
    same_models: bool = False
    """True if any of these requests has a model of the requests with the flag."""

    @property
    def nearest(self) -> str:
        """The nearest version: the last before, or the first after."""
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
    """A place that no earlier version had, with counts of distinct requests in the version that introduced a flag."""

    place: Place
    having: int
    with_flag: int
    lacking: int
    without_flag: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The new places of an operation in the version that introduced a flag, the best match first."""

    flag: str
    client: str
    version: str
    earlier: tuple[str, ...]
    """The earlier versions, which have neither flag nor places."""
    operation: str
    found: tuple[Arrival, ...]
    """At most MOST places."""
    more: int
    """The number of further matches."""


def spans(cells: Counter[Cell], all_requests: Counter[Cell]) -> tuple[Span, ...]:
    """Return the spans of a flag by client; `cells` are its requests, `all_requests` those with and without it."""
    result = []
    for client in sorted({cell.client for cell in cells}):
        client_cells = Counter({cell: count for cell, count in cells.items() if cell.client == client})
        versions = sorted({cell.version for cell in client_cells}, key=version_key)
        other_requests = [
            (cell, count) for cell, count in all_requests.items() if cell.client == client and cell.version
        ]
        first, last = version_key(versions[0]), version_key(versions[-1])
        before = [(cell, count) for cell, count in other_requests if version_key(cell.version) < first]
        after = [(cell, count) for cell, count in other_requests if version_key(cell.version) > last]
        sent = sum(client_cells.values())
        result.append(
            Span(
                client,
                versions[0],
                versions[-1],
                sent,
                _lack(client_cells, versions[0], before, latest_first=True),
                _lack(client_cells, versions[-1], after, latest_first=False),
            )
        )
    return tuple(result)


def arrivals(groups: Mapping[Group, Sequence[Row]]) -> tuple[Arrivals, ...]:
    """Return the new places for each new flag, sorted by client, version, operation and flag."""
    sides: dict[tuple[str, str], dict[str, Sequence[Row]]] = defaultdict(dict)
    for group, rows in groups.items():
        if group.version:
            sides[group.client, group.operation][group.version] = rows
    result: list[Arrivals] = []
    for (client, operation), versions in sides.items():
        earlier: list[str] = []
        earlier_rows: list[Row] = []
        for version in sorted(versions, key=version_key):
            key = (client, version, operation, tuple(earlier))
            result += _new(key, earlier_rows, versions[version]) if earlier else ()
            earlier.append(version)
            earlier_rows += versions[version]
    return tuple(sorted(result, key=lambda item: (item.client, version_key(item.version), item.operation, item.flag)))


def _lack(
    flag_requests: Counter[Cell], version: str, others: Sequence[tuple[Cell, int]], *, latest_first: bool
) -> Lack:
    flag_cells = [cell for cell in flag_requests if cell.version == version]
    situations = {(cell.operation, cell.scenario) for cell in flag_cells}
    comparable = [(cell, count) for cell, count in others if (cell.operation, cell.scenario) in situations]
    versions = sorted({cell.version for cell, _ in comparable}, key=version_key, reverse=latest_first)
    models = {cell.model for cell in flag_cells} & {cell.model for cell, _ in comparable}
    return Lack(tuple(versions), sum(count for _, count in comparable), bool(models))


def _new(key: tuple[str, str, str, tuple[str, ...]], earlier: Sequence[Row], rows: Sequence[Row]) -> Iterator[Arrivals]:
    """Yield the new places for each new flag, considering only scenarios that earlier versions have too."""
    client, version, operation, before = key
    common = {row.scenario for row in earlier} & {row.scenario for row in rows}
    comparable = [row for row in earlier if row.scenario in common]
    old = set[Place]().union(*(row.places for row in comparable))
    old_flags = set[str]().union(*(row.flags for row in earlier))
    masks = Masks([row for row in rows if row.scenario in common])
    new = {place: mask for place, mask in masks.places.items() if place not in old}
    displayed = simplest(new, new)
    for flag in sorted(set(masks.flags) - old_flags):
        candidates = {place: Arrival(shown, *masks.counted(flag, place)) for place, shown in displayed.items()}
        ranked = sorted(candidates.items(), key=lambda item: (_mismatches(item[1]), order(item[0])))
        matching = [arrival for _, arrival in ranked if _matches(arrival)]
        if matching:
            best = tuple(matching[:MOST])
            yield Arrivals(flag, client, version, before, operation, best, len(matching) - len(best))


def _matches(arrival: Arrival) -> bool:
    """Return True if most requests with the flag have the place, and at most a quarter of those without."""
    return 2 * arrival.having > arrival.with_flag and 4 * arrival.lacking <= arrival.without_flag


def _mismatches(arrival: Arrival) -> int:
    """Return the number of requests with either flag or place, but not both."""
    return arrival.with_flag - arrival.having + arrival.lacking
