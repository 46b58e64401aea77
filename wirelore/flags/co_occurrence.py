"""The company of beta flags: what varies together with a flag, among the requests of one client and operation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb, prod
from typing import Any, NamedTuple

from wirelore.flags.request_paths import BODY, Place
from wirelore.flags.tally import Group, Row
from wirelore.model.versions import version_key

EXACTLY, INSTEAD, ONLY, ALWAYS = "exactly", "instead", "only", "always"
"""Is there exactly when the flag is, exactly when it is not, never without it, always with it; the strongest first."""
RELATIONS = (EXACTLY, INSTEAD, ONLY, ALWAYS)

_Rank = tuple[Any, ...]
"""What companies are sorted by: the best first."""

MOST = 5
"""Companions told of a flag."""
ENOUGH = 5
"""Requests with and without a flag, below which a companion is told with weaker words."""
RARE = 0.001
"""How likely chance alone may bring what is told of one direction only."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """A place that varies with a flag."""

    flag: str
    client: str
    operation: str
    relation: str
    place: Place
    """The innermost where several are one inside the other; with its word if it has no other then."""
    having: int
    """Distinct requests with the flag that have the place, of `with_flag`."""
    with_flag: int
    """At least 1, as is `without_flag`."""
    lacking: int
    """Distinct requests without the flag that have the place, of `without_flag`."""
    without_flag: int
    versions: tuple[str, ...]
    """Of the client, in order: those that the counts are of."""
    not_in: tuple[str, ...] = ()
    """Versions in which the flag varied, too, and this does not hold."""

    @property
    def firm(self) -> bool:
        """Whether there were requests enough on both sides."""
        return min(self.with_flag, self.without_flag) >= ENOUGH


class _Count(NamedTuple):
    """Requests by whether they have the flag and the place."""

    having: int
    with_flag: int
    lacking: int
    without_flag: int

    @property
    def varies(self) -> bool:
        """Whether some requests have the place and some have not."""
        return 0 < self.having + self.lacking < self.with_flag + self.without_flag

    @property
    def relation(self) -> str:
        """The strongest that holds where flag and place vary, empty if none does."""
        return next((relation for relation in RELATIONS if self.holds(relation)), "")

    def holds(self, relation: str) -> bool:
        """Whether a relation is true of these requests; also where it says nothing."""
        everywhere, nowhere = self.having == self.with_flag, not self.having
        return {
            EXACTLY: everywhere and not self.lacking,
            INSTEAD: nowhere and self.lacking == self.without_flag,
            ONLY: not self.lacking,
            ALWAYS: everywhere,
        }[relation]

    def chance(self, relation: str) -> float:
        """How likely a relation is if the place had fallen on as many of these requests by lot."""
        every, place = self.with_flag + self.without_flag, self.having + self.lacking
        if relation == ALWAYS:
            return comb(place, self.with_flag) / comb(every, self.with_flag)
        fitting = self.without_flag if relation == INSTEAD else self.with_flag
        return comb(fitting, place) / comb(every, place)


class Masks:
    """Requests as bits: which of them have a flag, which a place."""

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
        """Whether some requests have the flag and some have not."""
        return 0 < self.flags.get(flag, 0).bit_count() < self.count

    def counted(self, flag: str, place: Place) -> _Count:
        """How the requests fall."""
        flags, places = self.flags.get(flag, 0), self.places.get(place, 0)
        both, flagged = (flags & places).bit_count(), flags.bit_count()
        return _Count(both, flagged, places.bit_count() - both, self.count - flagged)


def co_occurrences(groups: Mapping[Group, Sequence[Row]]) -> dict[str, tuple[CoOccurrence, ...]]:
    """At most MOST for each flag, the best first; flags of which nothing is to be told are left out."""
    sides: dict[tuple[str, str], dict[str, Masks]] = defaultdict(dict)
    for group, rows in groups.items():
        sides[group.client, group.operation][group.version] = Masks(rows)
    found: dict[str, list[tuple[_Rank, CoOccurrence]]] = defaultdict(list)
    for (client, operation), masks in sorted(sides.items()):
        ordered = dict(sorted(masks.items(), key=lambda item: version_key(item[0])))
        for flag in sorted({flag for each in masks.values() for flag in each.flags}):
            found[flag] += _of_flag(flag, client, operation, ordered)
    return {flag: tuple(one for _, one in sorted(every, key=_first)[:MOST]) for flag, every in found.items() if every}


def simplest(places: Iterable[Place], masks: Mapping[Place, int]) -> dict[Place, Place]:
    """The places without those that are there because what is around them is, in the same requests.

    With each the innermost that is so: where an object has but one member, the member says more.
    """
    every = {place: masks[place] for place in sorted(places, key=order)}
    inside: dict[Place, list[Place]] = defaultdict(list)
    for place, mask in every.items():
        if place.above is not None and every.get(place.above) == mask:
            inside[place.above].append(place)
    found: dict[Place, Place] = {}
    for place in every:
        if not _is_inside(place, every):
            found[place] = place
            while len(inside.get(found[place], ())) == 1:
                (found[place],) = inside[found[place]]
    return found


def order(place: Place) -> tuple[bool, bool, int, str, tuple[str, ...], str]:
    """What places are sorted by if nothing else tells them apart: names before words, the body's, the outer first."""
    return place.word is not None, place.side != BODY, len(place.path), place.side, place.path, place.word or ""


def _is_inside(place: Place, masks: Mapping[Place, int]) -> bool:
    """Whether something around it is there in the same requests."""
    above = place.above
    while above is not None:
        if masks.get(above) == masks[place]:
            return True
        above = above.above
    return False


class _Related(NamedTuple):
    relation: str
    place: Place
    shown: Place
    falls: _Count
    versions: tuple[str, ...]


def _of_flag(
    flag: str, client: str, operation: str, masks: Mapping[str, Masks]
) -> Iterator[tuple[_Rank, CoOccurrence]]:
    """Of each place what is strongest: over all versions in which flag and place vary, or over some of them."""
    varying = {version: each for version, each in masks.items() if each.varies(flag)}
    counts: dict[Place, dict[str, _Count]] = defaultdict(dict)
    for version, each in varying.items():
        for place in each.places:
            counts[place][version] = each.counted(flag, place)
    done = set[Place]()
    for one in sorted(_told(flag, varying, counts), key=lambda one: RELATIONS.index(one.relation)):
        if one.place not in done:
            done.add(one.place)
            here = {
                version: counts[one.place].get(version) or each.counted(flag, one.place)
                for version, each in varying.items()
            }
            rest = tuple(version for version, count in here.items() if not count.holds(one.relation))
            chance = prod(here[version].chance(one.relation) for version in one.versions)
            made = CoOccurrence(flag, client, operation, one.relation, one.shown, *one.falls, one.versions, rest)
            if _is_worth(made, chance):
                yield (_strength(made), len(rest), chance, order(one.place), client, operation, one.versions), made


def _told(flag: str, varying: Mapping[str, Masks], counts: Mapping[Place, Mapping[str, _Count]]) -> list[_Related]:
    """The relations over all versions in which a place varies, and in each; where several are alike, over those."""
    together: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    alone: dict[str, list[Place]] = defaultdict(list)
    for place, every in counts.items():
        versions = tuple(version for version, count in every.items() if count.varies)
        if versions:
            together[versions].append(place)
        for version in versions if len(versions) > 1 else ():
            alone[version].append(place)
    told = [one for versions, places in together.items() for one in _related(flag, varying, versions, places)]
    single: dict[tuple[str, Place], list[_Related]] = defaultdict(list)
    for version in varying:
        for one in _related(flag, varying, (version,), alone[version]):
            single[one.relation, one.place].append(one)
    return told + [_summed(same) for same in single.values()]


def _related(
    flag: str, varying: Mapping[str, Masks], versions: tuple[str, ...], places: Iterable[Place]
) -> Iterator[_Related]:
    """The places that are related to a flag over all of these requests, the simplest of those that are so together."""
    whole = _joined(flag, [varying[version] for version in versions])
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[whole.counted(flag, place).relation].append(place)
    for relation in RELATIONS:
        for place, shown in simplest(found[relation], whole.places).items():
            yield _Related(relation, place, shown, whole.counted(flag, place), versions)


def _joined(flag: str, masks: Iterable[Masks]) -> Masks:
    whole = Masks(())
    for each in masks:
        whole.flags[flag] |= each.flags[flag] << whole.count
        for place, mask in each.places.items():
            whole.places[place] |= mask << whole.count
        whole.count += each.count
    return whole


def _summed(same: Sequence[_Related]) -> _Related:
    """What was found in several versions, each by itself."""
    shown = {one.shown for one in same}
    count = _Count(*map(sum, zip(*(one.falls for one in same), strict=True)))
    versions = tuple(version for one in same for version in one.versions)
    return same[0]._replace(shown=shown.pop() if len(shown) == 1 else same[0].place, falls=count, versions=versions)


def _is_worth(one: CoOccurrence, chance: float) -> bool:
    """Whether it is told: what holds in both directions always, of its contrary if there were requests enough."""
    if one.relation == EXACTLY:
        return True
    return one.firm if one.relation == INSTEAD else chance < RARE


def _strength(one: CoOccurrence) -> int:
    """The relations in their order where there were requests enough, then where there were not."""
    return RELATIONS.index(one.relation) + (0 if one.firm else len(RELATIONS))


def _first(one: tuple[_Rank, CoOccurrence]) -> _Rank:
    return one[0]
