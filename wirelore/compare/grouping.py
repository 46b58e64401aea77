"""Grouping of differences with one rule: `beta flag … is new: a, b, c`."""

import re
from collections.abc import Iterable, Sequence

from wirelore.compare.change import Difference
from wirelore.compare.change_rules import change_rules
from wirelore.compare.difference_builder import name_of, readable
from wirelore.compare.presentation import scenario_words
from wirelore.model.wording import quantity

_LEAST, _LEAST_WITH_VALUES = 2, 3
"""The minimum size of a group. The second applies if the message includes values, which a group does not show."""
_NAMES = ("{name}", "{place}")
_VALUES = re.compile(r": | \(")
"""The start of the values in a rule's message."""


def together(differences: Iterable[Difference]) -> list[list[Difference]]:
    """Group the differences of one direction, operation and rule, in the order of their first differences."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for difference in differences:
        groups.setdefault((difference.direction, difference.operation, difference.rule), []).append(difference)
    grouped: list[list[Difference]] = []
    for (_, _, rule), group in groups.items():
        grouped += [group] if len(group) >= _least(rule) and phrase(rule) else [[single] for single in group]
    return grouped


def by_rule(differences: Iterable[Difference]) -> list[Difference]:
    """Sort differences by the order of their rules, where hosts and operations precede the content of bodies."""
    order = list(change_rules())
    return sorted(differences, key=lambda item: order.index(item.rule) if item.rule in order else len(order))


def phrase(rule: str) -> str:
    """Return the message of a rule for a group, `beta flag … is new`; empty if it depends on more than the name."""
    return _without_name(_VALUES.split(_message(rule))[0])


def advice(rule: str) -> str:
    """Return the advice of a rule for a group; empty if it depends on more than the name."""
    definition = change_rules().get(rule)
    return _without_name(definition.advice) if definition else ""


def names(group: Sequence[Difference]) -> list[str]:
    """Return the name or the place of each difference, as in the message of the rule."""
    label = readable if "{place}" in _message(group[0].rule) else name_of
    labels = (label(each.place.partition("#")[2]) if each.place else ", ".join(each.groups) for each in group)
    return list(dict.fromkeys(labels))


def scenarios(group: Iterable[Difference]) -> str:
    """Return, in words, how many scenarios have the differences; empty if the captures have no scenarios."""
    differences = list(group)
    if len({each.groups for each in differences}) == 1:
        return scenario_words(differences[0])
    counts = sorted({len(each.groups) for each in differences})
    span = " to ".join(str(count) for count in sorted({counts[0], counts[-1]}))
    total = max(each.of_groups for each in differences)
    return f"in {span} of {quantity(total, 'scenario')}" if total else ""


def _least(rule: str) -> int:
    return _LEAST_WITH_VALUES if _VALUES.search(_message(rule)) else _LEAST


def _message(rule: str) -> str:
    definition = change_rules().get(rule)
    return definition.message if definition else ""


def _without_name(template: str) -> str:
    text = template
    for name in _NAMES:
        text = text.replace(name, "…")
    return text if "{" not in text and text != template else ""
