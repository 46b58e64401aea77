"""The comparison of measures, counts, orders and spellings, which works by capture instead of by feature.

A measure differs if the ranges of both sides do not overlap and are apart by half or more; a count if they do not
overlap. Orders are compared over the common elements, spellings over names that are equal without case.
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
"""Minimum factor between differing measures, the same for measures that vary between recordings, and the minimum of the
larger one in bytes or milliseconds."""


def differences(groups: Mapping[str, Pair], rules: Tables) -> Iterator[Difference]:
    """Yield the differences in measures, counts, orders and spellings."""
    yield from _measures(groups, rules)
    yield from _orders(groups, rules)
    yield from _spellings(groups, rules)


def _paths(groups: Mapping[str, Pair], table: Callable[[Features], Mapping[FeaturePath, Any]]) -> list[FeaturePath]:
    return sorted({path for pair in groups.values() for side in pair for features in side for path in table(features)})


def _measures(groups: Mapping[str, Pair], rules: Tables) -> Iterator[Difference]:
    for path in _paths(groups, lambda features: features.measures):
        reading = rules.readings[path.analyzer]
        counts = not path.place and reading.counted
        steady = not counts or all(_agree(side, path) for pair in groups.values() for side in pair)
        changes_by_direction: dict[bool, list[tuple[str, float, float]]] = {True: [], False: []}
        for scenario, pair in groups.items():
            before, after = ([_measure(features, path, counts=counts) for features in side] for side in pair)
            ranges = [[value for value in side if value is not None] for side in (before, after)]
            factor = 0 if counts and steady else _FAR if path.place in reading.jittery else _FACTOR
            if all(ranges) and _is_apart(ranges[0], ranges[1], factor, 0 if counts else _LEAST):
                middle = median(ranges[0]), median(ranges[1])
                changes_by_direction[middle[1] > middle[0]].append((scenario, *middle))
        for changes in changes_by_direction.values():
            if changes:
                yield _measured(path, changes, groups, rules)


def _agree(side: Sequence[Features], path: FeaturePath) -> bool:
    """Return True if all captures of a scenario with this path have the same number of occurrences."""
    return len({len(features.measures[path]) for features in side if path in features.measures}) < 2


def _measure(features: Features, path: FeaturePath, *, counts: bool) -> float | None:
    values = features.measures.get(path)
    if not values:
        return None
    return len(values) if counts else median(values)


def _is_apart(before: Sequence[float], after: Sequence[float], factor: float, least: float) -> bool:
    """Return True if the higher range starts at `factor` times the end of the lower one; with 0, anywhere above it."""
    low, high = (before, after) if max(before) < min(after) else (after, before)
    if not factor:
        return max(low) < min(high)
    return min(high) >= max(least, factor * max(low))


def _measured(
    path: FeaturePath, changes: Sequence[tuple[str, float, float]], groups: Mapping[str, Pair], rules: Tables
) -> Difference:
    scenarios = [scenario for scenario, _, _ in changes]
    before, after = (f"{median(values):,.0f}" for values in zip(*((old, new) for _, old, new in changes), strict=True))
    sizes = [sum(len(groups[scenario][side]) for scenario in scenarios) for side in (0, 1)]
    occurrences = Occurrence(sizes[0], sizes[0], before), Occurrence(sizes[1], sizes[1], after)
    rule = rules.rule(path.analyzer, path.place, "measure-changed")
    direction = "more" if changes[0][2] > changes[0][1] else "less"
    return difference(rule, path, occurrences, scenarios, len(groups), rules, same=[direction])


def _orders(groups: Mapping[str, Pair], rules: Tables) -> Iterator[Difference]:
    for path in _paths(groups, lambda features: features.orders):
        pairs = {name: [_orders_of(side, path) for side in pair] for name, pair in groups.items()}
        pairs = {name: sides for name, sides in pairs.items() if all(sides)}
        common = _common(order for sides in pairs.values() for side in sides for orders in side for order in orders)
        scenarios = []
        for name, sides in pairs.items():
            reduced = [
                [frozenset(_common_order(order, common) for order in orders) for orders in side] for side in sides
            ]
            before, after = map(set, reduced)
            if len(before) == len(after) == 1 and before.pop().isdisjoint(after.pop()):
                scenarios.append(name)
        if scenarios:
            shown = [_order_text(pairs[scenarios[0]][side], common) for side in (0, 1)]
            occurrences = tuple(_occurrence(groups, scenarios, side, path, shown[side]) for side in (0, 1))
            rule = rules.rule(path.analyzer, path.place, "order-changed")
            yield difference(rule, path, (occurrences[0], occurrences[1]), scenarios, len(groups), rules, same=shown)


def _orders_of(side: Sequence[Features], path: FeaturePath) -> list[set[tuple[str, ...]]]:
    return [features.orders[path] for features in side if path in features.orders]


def _common(orders: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Return the elements of all lists."""
    sets = [frozenset(order) for order in orders]
    return frozenset.intersection(*sets) if sets else frozenset()


def _common_order(order: tuple[str, ...], common: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element for element in order if element in common))


def _order_text(side: Sequence[set[tuple[str, ...]]], common: frozenset[str]) -> str:
    return ", ".join(min(_common_order(order, common) for orders in side for order in orders))


def _spellings(groups: Mapping[str, Pair], rules: Tables) -> Iterator[Difference]:
    for path in _paths(groups, lambda features: features.spellings):
        changed: dict[tuple[str, str], list[str]] = {}
        for name, pair in groups.items():
            before, after = (_spelled(side, path) for side in pair)
            for lower in before.keys() & after.keys():
                if len(before[lower]) == len(after[lower]) == 1 and before[lower] != after[lower]:
                    changed.setdefault((before[lower][0], after[lower][0]), []).append(name)
        for (old, new), scenarios in sorted(changed.items()):
            occurrences = tuple(_occurrence(groups, scenarios, side, path, (old, new)[side]) for side in (0, 1))
            name_path = path._replace(place=f"{path.place}/{new}")
            rule = rules.rule(path.analyzer, name_path.place, "spelling-changed")
            yield difference(
                rule, name_path, (occurrences[0], occurrences[1]), scenarios, len(groups), rules, same=[old]
            )


def _spelled(side: Sequence[Features], path: FeaturePath) -> dict[str, list[str]]:
    """Return the spellings of each name."""
    spellings: dict[str, list[str]] = {}
    for name in sorted({name for features in side for name in features.spellings.get(path, ())}):
        spellings.setdefault(name.lower(), []).append(name)
    return spellings


def _occurrence(
    groups: Mapping[str, Pair], scenarios: Iterable[str], side: int, path: FeaturePath, shown: str
) -> Occurrence:
    count = sum(features.room[path._replace(place="")] for name in scenarios for features in groups[name][side])
    return Occurrence(count, count, shown)
