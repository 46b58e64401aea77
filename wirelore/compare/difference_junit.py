"""Differences as JUnit XML, for build servers: a suite for each class, a case for each difference."""

from wirelore.analysis import findings_junit
from wirelore.compare.change import KINDS, Difference
from wirelore.compare.presentation import (
    DIRECTIONS,
    Changes,
    change_words,
    fails,
    of_kind,
    operation_words,
    scenario_words,
)


def write(changes: Changes, fail_on: str) -> str:
    """Return JUnit XML. A difference at or above `fail_on` is a failed case; an unreadable part is an error."""
    suites = findings_junit.beginning()
    for kind in KINDS:
        differences, failing = of_kind(changes.counted, kind), fails(kind, fail_on)
        suite = findings_junit.added(suites, kind, tests=len(differences), failures=len(differences) if failing else 0)
        for difference in differences:
            failure = difference.message if failing else None
            findings_junit.case(suite, difference.rule, _name(difference), _text(difference), failure)
    if changes.accepted:
        suite = findings_junit.added(suites, "accepted", tests=len(changes.accepted), failures=0)
        for accepted in changes.accepted:
            difference = accepted.difference
            text = f"{_text(difference)}\naccepted by entry {accepted.entry}: {accepted.reason}"
            findings_junit.case(suite, difference.rule, _name(difference), text, None)
    if changes.stale:
        failing = fail_on == "any"
        number = len(changes.stale)
        suite = findings_junit.added(suites, "accept file", tests=number, failures=number if failing else 0)
        for stale in changes.stale:
            text = f"entry {stale.entry} ({stale.wanted}): {stale.why}"
            findings_junit.case(suite, "stale", f"entry {stale.entry}", text, stale.why if failing else None)
    return findings_junit.ended(suites, changes.comparison.problems)


def _name(difference: Difference) -> str:
    return f"{operation_words(difference.operation)} {difference.place} [{difference.fingerprint}]"


def _text(difference: Difference) -> str:
    lines = [
        f"{difference.kind}, {DIRECTIONS[difference.direction]}: {difference.message}",
        change_words(difference),
        scenario_words(difference, len(difference.groups)),
        difference.advice,
        *sorted({*difference.before.places, *difference.after.places}),
    ]
    return "\n".join(filter(None, lines))
