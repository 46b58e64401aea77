"""Measures, orders and spellings: what is compared capture by capture, not feature by feature.

A measure differs where the ranges of both sides' recordings lie apart, by half or more; a count where they lie apart.
An order is that of the elements which both sides have. Spellings are of names that are the same without case.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from wirelore.compare.change import Difference, Occurrence
from wirelore.compare.change_tables import Tables
from wirelore.compare.difference_builder import difference
from wirelore.compare.features import FeaturePath, Features
from wirelore.compare.noise import Pair

_FACTOR, _FAR, _LEAST = 1.5, 4, 500
"""How many times larger a measure is that differs, and one that varies by itself; how large it is at least: bytes or
milliseconds."""


def differences(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    """What differs in measures, counts, orders and spellings."""
    yield from _measures(groups, told)
    yield from _orders(groups, told)
    yield from _spellings(groups, told)


def _spots(groups: Mapping[str, Pair], table: Callable[[Features], Mapping[FeaturePath, Any]]) -> list[FeaturePath]:
    return sorted({path for pair in groups.values() for side in pair for features in side for path in table(features)})


def _measures(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for path in _spots(groups, lambda features: features.measures):
        reading = told.readings[path.analyzer]
        counts = not path.place and reading.counted
        steady = not counts or all(_agree(side, path) for pair in groups.values() for side in pair)
        apart: dict[bool, list[tuple[str, float, float]]] = {True: [], False: []}
        for scenario, pair in groups.items():
            before, after = ([_measure(features, path, counts=counts) for features in side] for side in pair)
            ranges = [[value for value in side if value is not None] for side in (before, after)]
            factor = 0 if counts and steady else _FAR if path.place in reading.jittery else _FACTOR
            if all(ranges) and _lie_apart(ranges[0], ranges[1], factor, 0 if counts else _LEAST):
                middle = median(ranges[0]), median(ranges[1])
                apart[middle[1] > middle[0]].append((scenario, *middle))
        for found in apart.values():
            if found:
                yield _measured(path, found, groups, told)


def _agree(side: Sequence[Features], path: FeaturePath) -> bool:
    """Whether all captures of a scenario hold as many of a thing, of those that hold any."""
    return len({len(features.measures[path]) for features in side if path in features.measures}) < 2


def _measure(features: Features, path: FeaturePath, *, counts: bool) -> float | None:
    values = features.measures.get(path)
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
    path: FeaturePath, found: Sequence[tuple[str, float, float]], groups: Mapping[str, Pair], told: Tables
) -> Difference:
    scenarios = [scenario for scenario, _, _ in found]
    before, after = (f"{median(values):,.0f}" for values in zip(*((one[1], one[2]) for one in found), strict=True))
    sizes = [sum(len(groups[scenario][side]) for scenario in scenarios) for side in (0, 1)]
    occurrences = Occurrence(sizes[0], sizes[0], before), Occurrence(sizes[1], sizes[1], after)
    rule = told.rule(path.analyzer, path.place, "measure-changed")
    direction = "more" if found[0][2] > found[0][1] else "less"
    return difference(rule, path, occurrences, scenarios, len(groups), told, same=[direction])


def _orders(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for path in _spots(groups, lambda features: features.orders):
        pairs = {name: [_listed(side, path) for side in pair] for name, pair in groups.items()}
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
            occurrences = tuple(_occurrence(groups, scenarios, side, path, shown[side]) for side in (0, 1))
            rule = told.rule(path.analyzer, path.place, "order-changed")
            yield difference(rule, path, (occurrences[0], occurrences[1]), scenarios, len(groups), told, same=shown)


def _listed(side: Sequence[Features], path: FeaturePath) -> list[set[tuple[str, ...]]]:
    return [features.orders[path] for features in side if path in features.orders]


def _common(orders: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """The elements that every list has."""
    every = [frozenset(order) for order in orders]
    return frozenset.intersection(*every) if every else frozenset()


def _reduced(order: tuple[str, ...], common: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element for element in order if element in common))


def _shown(side: Sequence[set[tuple[str, ...]]], common: frozenset[str]) -> str:
    return ", ".join(min(_reduced(order, common) for orders in side for order in orders))


def _spellings(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    for path in _spots(groups, lambda features: features.spellings):
        changed: dict[tuple[str, str], list[str]] = {}
        for name, pair in groups.items():
            before, after = (_spelled(side, path) for side in pair)
            for lower in before.keys() & after.keys():
                if len(before[lower]) == len(after[lower]) == 1 and before[lower] != after[lower]:
                    changed.setdefault((before[lower][0], after[lower][0]), []).append(name)
        for (old, new), scenarios in sorted(changed.items()):
            occurrences = tuple(_occurrence(groups, scenarios, side, path, (old, new)[side]) for side in (0, 1))
            below = path._replace(place=f"{path.place}/{new}")
            rule = told.rule(path.analyzer, below.place, "spelling-changed")
            yield difference(rule, below, (occurrences[0], occurrences[1]), scenarios, len(groups), told, same=[old])


def _spelled(side: Sequence[Features], path: FeaturePath) -> dict[str, list[str]]:
    """The spellings of each name."""
    found: dict[str, list[str]] = {}
    for name in sorted({name for features in side for name in features.spellings.get(path, ())}):
        found.setdefault(name.lower(), []).append(name)
    return found


def _occurrence(
    groups: Mapping[str, Pair], scenarios: Iterable[str], side: int, path: FeaturePath, shown: str
) -> Occurrence:
    count = sum(features.room[path._replace(place="")] for name in scenarios for features in groups[name][side])
    return Occurrence(count, count, shown)
