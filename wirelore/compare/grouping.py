"""Differences of one rule told together: `the flag … is new: a, b, c`."""

import re
from collections.abc import Iterable, Sequence

from wirelore.compare.change import Difference
from wirelore.compare.change_rules import change_rules
from wirelore.compare.difference_builder import name_of, readable
from wirelore.compare.presentation import scenario_words
from wirelore.model.wording import quantity

_LEAST, _LEAST_WITH_VALUES = 2, 3
"""From so many on, differences of one rule and operation are told together: what values they have is not told then."""
_NAMES = ("{name}", "{place}")
_VALUES = re.compile(r": | \(")
"""Where the part of a rule's sentence begins that tells values."""


def together(differences: Iterable[Difference]) -> list[list[Difference]]:
    """The differences in their order, those that can be told together in one list, where the first of them stands."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in differences:
        groups.setdefault((one.direction, one.operation, one.rule), []).append(one)
    told: list[list[Difference]] = []
    for (_, _, rule), group in groups.items():
        told += [group] if len(group) >= _least(rule) and phrase(rule) else [[one] for one in group]
    return told


def by_rule(differences: Iterable[Difference]) -> list[Difference]:
    """The differences in the order of their rules, in which hosts and operations come before what is in bodies."""
    order = list(change_rules())
    return sorted(differences, key=lambda one: order.index(one.rule) if one.rule in order else len(order))


def phrase(rule: str) -> str:
    """What a rule says of all alike, `the flag … is new`; empty if what it says is not the same for all."""
    return _without_name(_VALUES.split(_message(rule))[0])


def advice(rule: str) -> str:
    """What a rule advises for all alike; empty if that is not the same for all."""
    known = change_rules().get(rule)
    return _without_name(known.advice) if known else ""


def names(group: Sequence[Difference]) -> list[str]:
    """What each of the differences is about, in the words of its rule."""
    named = readable if "{place}" in _message(group[0].rule) else name_of
    found = (named(one.place.partition("#")[2]) if one.place else ", ".join(one.groups) for one in group)
    return list(dict.fromkeys(found))


def scenarios(group: Iterable[Difference]) -> str:
    """In how many scenarios the differences show; empty if the captures tell none."""
    every = list(group)
    if len({one.groups for one in every}) == 1:
        return scenario_words(every[0])
    counts = sorted({len(one.groups) for one in every})
    span = " to ".join(str(count) for count in sorted({counts[0], counts[-1]}))
    of = max(one.of_groups for one in every)
    return f"in {span} of {quantity(of, 'scenario')}" if of else ""


def _least(rule: str) -> int:
    return _LEAST_WITH_VALUES if _VALUES.search(_message(rule)) else _LEAST


def _message(rule: str) -> str:
    known = change_rules().get(rule)
    return known.message if known else ""


def _without_name(template: str) -> str:
    text = template
    for name in _NAMES:
        text = text.replace(name, "…")
    return text if "{" not in text and text != template else ""
