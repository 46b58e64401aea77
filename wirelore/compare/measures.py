"""Measures, orders and spellings: what is compared capture by capture, not trait by trait.

A measure differs where the ranges of both sides' recordings lie apart, by half or more; a count where they lie apart.
An order is that of the elements which both sides have. Spellings are of names that are the same without case.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from wirelore.compare.change import Difference, Sight
from wirelore.compare.change_tables import Tables
from wirelore.compare.difference_builder import difference
from wirelore.compare.features import Spot, Traits
from wirelore.compare.noise import Pair

_FACTOR, _FAR, _LEAST = 1.5, 4, 500
"""How many times larger a measure is that differs, and one that varies by itself; how large it is at least: bytes or
milliseconds."""


def differences(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    """What differs in measures, counts, orders and spellings."""
    yield from _measures(groups, told)
    yield from _orders(groups, told)
    yield from _spellings(groups, told)


def _spots(groups: Mapping[str, Pair], table: Callable[[Traits], Mapping[Spot, Any]]) -> list[Spot]:
    return sorted({spot for pair in groups.values() for side in pair for traits in side for spot in table(traits)})


def _measures(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for spot in _spots(groups, lambda traits: traits.measures):
        reading = told.readings[spot.analyzer]
        counts = not spot.place and reading.counted
        steady = not counts or all(_agree(side, spot) for pair in groups.values() for side in pair)
        apart: dict[bool, list[tuple[str, float, float]]] = {True: [], False: []}
        for scenario, pair in groups.items():
            before, after = ([_measure(traits, spot, counts=counts) for traits in side] for side in pair)
            ranges = [[value for value in side if value is not None] for side in (before, after)]
            factor = 0 if counts and steady else _FAR if spot.place in reading.jittery else _FACTOR
            if all(ranges) and _lie_apart(ranges[0], ranges[1], factor, 0 if counts else _LEAST):
                middle = median(ranges[0]), median(ranges[1])
                apart[middle[1] > middle[0]].append((scenario, *middle))
        for found in apart.values():
            if found:
                yield _measured(spot, found, groups, told)


def _agree(side: Sequence[Traits], spot: Spot) -> bool:
    """Whether all captures of a scenario hold as many of a thing, of those that hold any."""
    return len({len(traits.measures[spot]) for traits in side if spot in traits.measures}) < 2


def _measure(traits: Traits, spot: Spot, *, counts: bool) -> float | None:
    values = traits.measures.get(spot)
    if not values:
        return None
    return len(values) if counts else median(values)


def _lie_apart(before: Sequence[float], after: Sequence[float], factor: float, least: float) -> bool:
    """Whether one range begins so many times above the other's end; with factor 0 anywhere above it."""
    low, high = (before, after) if max(before) < min(after) else (after, before)
    if not factor:
        return max(low) < min(high)
    return min(high) >= max(least, factor * max(low))


def _measured(
    spot: Spot, found: Sequence[tuple[str, float, float]], groups: Mapping[str, Pair], told: Tables
) -> Difference:
    scenarios = [scenario for scenario, _, _ in found]
    before, after = (f"{median(values):,.0f}" for values in zip(*((one[1], one[2]) for one in found), strict=True))
    sizes = [sum(len(groups[scenario][side]) for scenario in scenarios) for side in (0, 1)]
    sights = Sight(sizes[0], sizes[0], before), Sight(sizes[1], sizes[1], after)
    rule = told.rule(spot.analyzer, spot.place, "measure-changed")
    direction = "more" if found[0][2] > found[0][1] else "less"
    return difference(rule, spot, sights, scenarios, len(groups), told, same=[direction])


def _orders(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for spot in _spots(groups, lambda traits: traits.orders):
        pairs = {name: [_listed(side, spot) for side in pair] for name, pair in groups.items()}
        pairs = {name: sides for name, sides in pairs.items() if all(sides)}
        common = _common(order for sides in pairs.values() for side in sides for orders in side for order in orders)
        scenarios = []
        for name, sides in pairs.items():
            reduced = [[frozenset(_reduced(order, common) for order in orders) for orders in side] for side in sides]
            before, after = map(set, reduced)
            if len(before) == len(after) == 1 and before.pop().isdisjoint(after.pop()):
                scenarios.append(name)
        if scenarios:
            shown = [_shown(pairs[scenarios[0]][side], common) for side in (0, 1)]
            sights = tuple(_sight(groups, scenarios, side, spot, shown[side]) for side in (0, 1))
            rule = told.rule(spot.analyzer, spot.place, "order-changed")
            yield difference(rule, spot, (sights[0], sights[1]), scenarios, len(groups), told, same=shown)


def _listed(side: Sequence[Traits], spot: Spot) -> list[set[tuple[str, ...]]]:
    return [traits.orders[spot] for traits in side if spot in traits.orders]


def _common(orders: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """The elements that every list has."""
    every = [frozenset(order) for order in orders]
    return frozenset.intersection(*every) if every else frozenset()


def _reduced(order: tuple[str, ...], common: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element for element in order if element in common))


def _shown(side: Sequence[set[tuple[str, ...]]], common: frozenset[str]) -> str:
    return ", ".join(min(_reduced(order, common) for orders in side for order in orders))


def _spellings(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for spot in _spots(groups, lambda traits: traits.spellings):
        changed: dict[tuple[str, str], list[str]] = {}
        for name, pair in groups.items():
            before, after = (_spelled(side, spot) for side in pair)
            for lower in before.keys() & after.keys():
                if len(before[lower]) == len(after[lower]) == 1 and before[lower] != after[lower]:
                    changed.setdefault((before[lower][0], after[lower][0]), []).append(name)
        for (old, new), scenarios in sorted(changed.items()):
            sights = tuple(_sight(groups, scenarios, side, spot, (old, new)[side]) for side in (0, 1))
            below = spot._replace(place=f"{spot.place}/{new}")
            rule = told.rule(spot.analyzer, below.place, "spelling-changed")
            yield difference(rule, below, (sights[0], sights[1]), scenarios, len(groups), told, same=[old])


def _spelled(side: Sequence[Traits], spot: Spot) -> dict[str, list[str]]:
    """The spellings of each name."""
    found: dict[str, list[str]] = {}
    for name in sorted({name for traits in side for name in traits.spellings.get(spot, ())}):
        found.setdefault(name.lower(), []).append(name)
    return found


def _sight(groups: Mapping[str, Pair], scenarios: Iterable[str], side: int, spot: Spot, shown: str) -> Sight:
    count = sum(traits.room[spot._replace(place="")] for name in scenarios for traits in groups[name][side])
    return Sight(count, count, shown)
