"""Findings as text for a terminal: one block for each distinct finding, the most severe first, then a summary."""

from wirelore.analysis.finding_groups import Group, Outcome
from wirelore.model.wording import quantity


def write(outcome: Outcome) -> str:
    """Return the outcome as text that ends with a newline."""
    blocks = [_block(group) for group in outcome.groups]
    return "\n".join([*blocks, summary(outcome)]) + "\n"


def summary(outcome: Outcome) -> str:
    """Return one line with the numbers of exchanges, captures and findings."""
    counts = ", ".join(quantity(number, severity) for severity, number in outcome.counts.items())
    scope = f"{quantity(outcome.exchanges, 'exchange')} in {quantity(len(outcome.captures), 'capture')}"
    distinct = f"{len(outcome.groups):,} distinct"
    unreadable = f"; {quantity(len(outcome.problems), 'unreadable part')}" if outcome.problems else ""
    return f"{scope}: {counts} ({distinct}){unreadable}" if outcome.groups else f"{scope}: no findings{unreadable}"


def _block(group: Group) -> str:
    first, place = group.first, group.places[0]
    location = f"{place.capture}/{place.exchange}" + (f" observation {place.item}" if place.item else "")
    times = f"{group.count} times, first in" if group.count > 1 else "in"
    head = f"{first.severity:<8} {first.rule}  {first.operation}  {first.pointer or '/'}"
    return f"{head}\n         {first.message}\n         {times} {location}  [{first.fingerprint}]"
