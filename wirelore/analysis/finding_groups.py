"""Findings gathered by fingerprint, so that a thousand of a kind are one line with a count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from wirelore.analysis.check import SEVERITIES, Finding

_PLACES_KEPT = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: capture, exchange, the number of the observation (an event's), JSON pointer."""

    capture: str
    exchange: str
    item: int | None
    pointer: str


@dataclass
class Group:
    """All findings of one fingerprint."""

    first: Finding
    count: int = 0
    places: list[Place] = field(default_factory=list)
    """The first ten."""


@dataclass
class Outcome:
    """What a check gave: the groups in order of severity, and what was looked at."""

    groups: list[Group]
    captures: list[str]
    exchanges: int
    problems: list[str] = field(default_factory=list)
    """What could not be read, each a message with file, place and remedy."""

    @property
    def counts(self) -> dict[str, int]:
        """Findings by severity, the most severe first; zero included."""
        totals = Counter[str]()
        for group in self.groups:
            totals[group.first.severity] += group.count
        return {severity: totals[severity] for severity in reversed(SEVERITIES)}

    def reaches(self, level: str) -> bool:
        """Whether a finding is at or above a severity."""
        return any(SEVERITIES.index(group.first.severity) >= SEVERITIES.index(level) for group in self.groups)


class Groups:
    """Findings gathered by fingerprint as they come."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}

    def take(self, finding: Finding) -> None:
        """Adds a finding."""
        group = self._groups.setdefault(finding.fingerprint, Group(finding))
        group.count += 1
        if len(group.places) < _PLACES_KEPT:
            group.places.append(Place(finding.capture, finding.exchange, finding.item, finding.pointer))

    def ranked(self) -> list[Group]:
        """The groups: the most severe first, then by rule, operation, pointer and message."""
        return sorted(self._groups.values(), key=_rank)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings by fingerprint, as `Groups.ranked` has them."""
    groups = Groups()
    for finding in findings:
        groups.take(finding)
    return groups.ranked()


def _rank(group: Group) -> tuple[int, str, str, str, str]:
    first = group.first
    return -SEVERITIES.index(first.severity), first.rule, first.operation, first.pointer, first.message
