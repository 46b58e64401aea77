"""The co-occurrence of beta flags with other parts of requests, for each client and operation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb, prod
from typing import Any, NamedTuple

from wirelore.flags.request_paths import BODY, Place
from wirelore.flags.tally import Group, Row
from wirelore.model.versions import version_key

EXACTLY, INSTEAD, ONLY, ALWAYS = "exactly", "instead", "only", "always"
"""A place is present exactly with the flag, exactly without it, only with it, always with it; the strongest first."""
RELATIONS = (EXACTLY, INSTEAD, ONLY, ALWAYS)

_Rank = tuple[Any, ...]
"""The sort key of co-occurrences, the best first."""

MOST = 5
"""The maximum number of co-occurrences of a flag."""
ENOUGH = 5
"""The number of requests with and without a flag from which a co-occurrence is firm."""
RARE = 0.001
"""The maximum probability that a relation in one direction only is due to chance."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """A place whose presence depends on that of a flag."""

    flag: str
    client: str
    operation: str
    relation: str
    place: Place
    """The innermost of nested places; with its value if it has only one."""
    having: int
    """Distinct requests with flag and place, of `with_flag`."""
    with_flag: int
    """At least 1, like `without_flag`."""
    lacking: int
    """Distinct requests with the place but not the flag, of `without_flag`."""
    without_flag: int
    versions: tuple[str, ...]
    """The client versions that are counted, in order."""
    not_in: tuple[str, ...] = ()
    """Versions with and without the flag in which the relation does not hold."""

    @property
    def firm(self) -> bool:
        """True if there are enough requests with and without the flag."""
        return min(self.with_flag, self.without_flag) >= ENOUGH


class _Count(NamedTuple):
    """Numbers of requests by presence of flag and place."""

    having: int
    with_flag: int
    lacking: int
    without_flag: int

    @property
    def varies(self) -> bool:
        """True if some, but not all, requests have the place."""
        return 0 < self.having + self.lacking < self.with_flag + self.without_flag

    @property
    def relation(self) -> str:
        """The strongest relation that holds; empty if there is none."""
        return next((relation for relation in RELATIONS if self.holds(relation)), "")

    def holds(self, relation: str) -> bool:
        """Return True if a relation holds for these requests, even if the place does not vary."""
        everywhere, nowhere = self.having == self.with_flag, not self.having
        return {
            EXACTLY: everywhere and not self.lacking,
            INSTEAD: nowhere and self.lacking == self.without_flag,
            ONLY: not self.lacking,
            ALWAYS: everywhere,
        }[relation]

    def chance(self, relation: str) -> float:
        """Return the probability of a relation if the place were distributed randomly over these requests."""
        total, place = self.with_flag + self.without_flag, self.having + self.lacking
        if relation == ALWAYS:
            return comb(place, self.with_flag) / comb(total, self.with_flag)
        matching = self.without_flag if relation == INSTEAD else self.with_flag
        return comb(matching, place) / comb(total, place)


class Masks:
    """The requests with each flag and each place, as bit masks."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.count = len(rows)
        self.flags: dict[str, int] = defaultdict(int)
        self.places: dict[Place, int] = defaultdict(int)
        for number, row in enumerate(rows):
            for flag in row.flags:
                self.flags[flag] |= 1 << number
            for place in row.places:
                self.places[place] |= 1 << number

    def varies(self, flag: str) -> bool:
        """Return True if some, but not all, requests have the flag."""
        return 0 < self.flags.get(flag, 0).bit_count() < self.count

    def counted(self, flag: str, place: Place) -> _Count:
        """Count the requests by presence of flag and place."""
        flags, places = self.flags.get(flag, 0), self.places.get(place, 0)
        with_both, flagged = (flags & places).bit_count(), flags.bit_count()
        return _Count(with_both, flagged, places.bit_count() - with_both, self.count - flagged)


def co_occurrences(groups: Mapping[Group, Sequence[Row]]) -> dict[str, tuple[CoOccurrence, ...]]:
    """Return at most MOST co-occurrences for each flag, the best first; flags without any are left out."""
    sides: dict[tuple[str, str], dict[str, Masks]] = defaultdict(dict)
    for group, rows in groups.items():
        sides[group.client, group.operation][group.version] = Masks(rows)
    ranked: dict[str, list[tuple[_Rank, CoOccurrence]]] = defaultdict(list)
    for (client, operation), masks in sorted(sides.items()):
        ordered = dict(sorted(masks.items(), key=lambda item: version_key(item[0])))
        for flag in sorted({flag for version_masks in masks.values() for flag in version_masks.flags}):
            ranked[flag] += _of_flag(flag, client, operation, ordered)
    return {
        flag: tuple(item for _, item in sorted(candidates, key=_rank_of)[:MOST])
        for flag, candidates in ranked.items()
        if candidates
    }


def simplest(places: Iterable[Place], masks: Mapping[Place, int]) -> dict[Place, Place]:
    """Return the places without those whose parents are present in the same requests.

    Each is mapped to the place to display: the innermost only child, because it is more specific.
    """
    ordered = {place: masks[place] for place in sorted(places, key=order)}
    inside: dict[Place, list[Place]] = defaultdict(list)
    for place, mask in ordered.items():
        if place.above is not None and ordered.get(place.above) == mask:
            inside[place.above].append(place)
    displayed: dict[Place, Place] = {}
    for place in ordered:
        if not _is_implied(place, ordered):
            displayed[place] = place
            while len(inside.get(displayed[place], ())) == 1:
                (displayed[place],) = inside[displayed[place]]
    return displayed


def order(place: Place) -> tuple[bool, bool, int, str, tuple[str, ...], str]:
    """Return the default sort key of a place: names before values, body first, outer before inner."""
    return place.word is not None, place.side != BODY, len(place.path), place.side, place.path, place.word or ""


def _is_implied(place: Place, masks: Mapping[Place, int]) -> bool:
    """Return True if a parent of the place is present in the same requests."""
    parent = place.above
    while parent is not None:
        if masks.get(parent) == masks[place]:
            return True
        parent = parent.above
    return False


class _Related(NamedTuple):
    relation: str
    place: Place
    shown: Place
    counts: _Count
    versions: tuple[str, ...]


def _of_flag(
    flag: str, client: str, operation: str, masks: Mapping[str, Masks]
) -> Iterator[tuple[_Rank, CoOccurrence]]:
    """Yield the strongest relation of each place, over all or some of the versions in which flag and place vary."""
    varying = {version: version_masks for version, version_masks in masks.items() if version_masks.varies(flag)}
    counts: dict[Place, dict[str, _Count]] = defaultdict(dict)
    for version, version_masks in varying.items():
        for place in version_masks.places:
            counts[place][version] = version_masks.counted(flag, place)
    reported = set[Place]()
    candidates = sorted(_relations(flag, varying, counts), key=lambda related: RELATIONS.index(related.relation))
    for relation, place, shown, count, versions in candidates:
        if place not in reported:
            reported.add(place)
            by_version = {
                version: counts[place].get(version) or version_masks.counted(flag, place)
                for version, version_masks in varying.items()
            }
            not_in = tuple(version for version, each in by_version.items() if not each.holds(relation))
            chance = prod(by_version[version].chance(relation) for version in versions)
            item = CoOccurrence(flag, client, operation, relation, shown, *count, versions, not_in)
            if _is_significant(item, chance):
                yield (_strength(item), len(not_in), chance, order(place), client, operation, versions), item


def _relations(flag: str, varying: Mapping[str, Masks], counts: Mapping[Place, Mapping[str, _Count]]) -> list[_Related]:
    """Return the relations over all versions in which a place varies, and over single versions, equal ones merged."""
    together: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    alone: dict[str, list[Place]] = defaultdict(list)
    for place, by_version in counts.items():
        versions = tuple(version for version, count in by_version.items() if count.varies)
        if versions:
            together[versions].append(place)
        for version in versions if len(versions) > 1 else ():
            alone[version].append(place)
    relations = [
        related for versions, places in together.items() for related in _related(flag, varying, versions, places)
    ]
    single: dict[tuple[str, Place], list[_Related]] = defaultdict(list)
    for version in varying:
        for related in _related(flag, varying, (version,), alone[version]):
            single[related.relation, related.place].append(related)
    return relations + [_summed(same) for same in single.values()]


def _related(
    flag: str, varying: Mapping[str, Masks], versions: tuple[str, ...], places: Iterable[Place]
) -> Iterator[_Related]:
    """Yield the simplest places that are related to a flag over all requests of these versions."""
    joined = _joined(flag, [varying[version] for version in versions])
    by_relation: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_relation[joined.counted(flag, place).relation].append(place)
    for relation in RELATIONS:
        for place, shown in simplest(by_relation[relation], joined.places).items():
            yield _Related(relation, place, shown, joined.counted(flag, place), versions)


def _joined(flag: str, masks: Iterable[Masks]) -> Masks:
    joined = Masks(())
    for version_masks in masks:
        joined.flags[flag] |= version_masks.flags[flag] << joined.count
        for place, mask in version_masks.places.items():
            joined.places[place] |= mask << joined.count
        joined.count += version_masks.count
    return joined


def _summed(same: Sequence[_Related]) -> _Related:
    """Merge equal relations of several versions."""
    shown = {related.shown for related in same}
    count = _Count(*map(sum, zip(*(related.counts for related in same), strict=True)))
    versions = tuple(version for related in same for version in related.versions)
    return same[0]._replace(shown=shown.pop() if len(shown) == 1 else same[0].place, counts=count, versions=versions)


def _is_significant(item: CoOccurrence, chance: float) -> bool:
    """Return True for EXACTLY, for a firm INSTEAD, and for other relations that are unlikely to be due to chance."""
    if item.relation == EXACTLY:
        return True
    return item.firm if item.relation == INSTEAD else chance < RARE


def _strength(item: CoOccurrence) -> int:
    """Return a sort key: firm relations first, then by relation."""
    return RELATIONS.index(item.relation) + (0 if item.firm else len(RELATIONS))


def _rank_of(ranked: tuple[_Rank, CoOccurrence]) -> _Rank:
    return ranked[0]
