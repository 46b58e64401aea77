"""Findings as text for a terminal: one block a kind, the most severe first, a summary at the end."""

from wirelore.analysis.finding_groups import Group, Outcome
from wirelore.model.wording import quantity


def write(outcome: Outcome) -> str:
    """The outcome as text, with a line end."""
    blocks = [_block(group) for group in outcome.groups]
    return "\n".join([*blocks, summary(outcome)]) + "\n"


def summary(outcome: Outcome) -> str:
    """One line: what was looked at and what was found."""
    found = ", ".join(quantity(number, severity) for severity, number in outcome.counts.items())
    looked = f"{quantity(outcome.exchanges, 'exchange')} in {quantity(len(outcome.captures), 'capture')}"
    kinds = quantity(len(outcome.groups), "kind")
    unread = f"; {quantity(len(outcome.problems), 'part')} could not be read" if outcome.problems else ""
    return f"{looked}: {found} of {kinds}{unread}" if outcome.groups else f"{looked}: nothing to report{unread}"


def _block(group: Group) -> str:
    first, place = group.first, group.places[0]
    where = f"{place.capture}/{place.exchange}" + (f" observation {place.item}" if place.item else "")
    times = f"{group.count} times, first in" if group.count > 1 else "in"
    head = f"{first.severity:<8} {first.rule}  {first.operation}  {first.pointer or '/'}"
    return f"{head}\n         {first.message}\n         {times} {where}  [{first.fingerprint}]"
