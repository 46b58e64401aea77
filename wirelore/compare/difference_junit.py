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
    """The changes as XML; a difference at or above `fail_on` fails its case, what could not be read is an error."""
    suites = findings_junit.beginning()
    for kind in KINDS:
        found, failing = of_kind(changes.counted, kind), fails(kind, fail_on)
        suite = findings_junit.added(suites, kind, tests=len(found), failures=len(found) if failing else 0)
        for one in found:
            findings_junit.case(suite, one.rule, _name(one), _told(one), one.message if failing else None)
    if changes.accepted:
        suite = findings_junit.added(suites, "accepted", tests=len(changes.accepted), failures=0)
        for each in changes.accepted:
            one = each.difference
            findings_junit.case(
                suite, one.rule, _name(one), f"{_told(one)}\naccepted by entry {each.entry}: {each.reason}", None
            )
    if changes.stale:
        failing = fail_on == "any"
        number = len(changes.stale)
        suite = findings_junit.added(suites, "accept file", tests=number, failures=number if failing else 0)
        for stale in changes.stale:
            told = f"entry {stale.entry} ({stale.wanted}): {stale.why}"
            findings_junit.case(suite, "stale", f"entry {stale.entry}", told, stale.why if failing else None)
    return findings_junit.ended(suites, changes.comparison.problems)


def _name(one: Difference) -> str:
    return f"{operation_words(one.operation)} {one.place} [{one.fingerprint}]"


def _told(one: Difference) -> str:
    lines = [
        f"{one.kind}, {DIRECTIONS[one.direction]}: {one.message}",
        change_words(one),
        scenario_words(one, len(one.groups)),
        one.advice,
        *sorted({*one.before.places, *one.after.places}),
    ]
    return "\n".join(filter(None, lines))
