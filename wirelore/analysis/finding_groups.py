"""Findings grouped by fingerprint, so that equal findings are one entry with a count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from wirelore.analysis.check import SEVERITIES, Finding

_PLACES_KEPT = 10


@dataclass(frozen=True, slots=True)
class Place:
    """The location of a finding: capture, exchange, number of the observation (an event), and JSON pointer."""

    capture: str
    exchange: str
    item: int | None
    pointer: str


@dataclass
class Group:
    """All findings with one fingerprint."""

    first: Finding
    count: int = 0
    places: list[Place] = field(default_factory=list)
    """The first ten locations."""


@dataclass
class Outcome:
    """The result of a check: the groups in order of severity, the captures and the number of exchanges."""

    groups: list[Group]
    captures: list[str]
    exchanges: int
    problems: list[str] = field(default_factory=list)
    """Messages about unreadable parts, each with the file, the position and what to do."""

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings of every severity, the highest first."""
        totals = Counter[str]()
        for group in self.groups:
            totals[group.first.severity] += group.count
        return {severity: totals[severity] for severity in reversed(SEVERITIES)}

    def reaches(self, level: str) -> bool:
        """Return True if a finding has this severity or a higher one."""
        return any(SEVERITIES.index(group.first.severity) >= SEVERITIES.index(level) for group in self.groups)


class Groups:
    """Collects findings by fingerprint."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}

    def add(self, finding: Finding) -> None:
        """Add a finding."""
        group = self._groups.setdefault(finding.fingerprint, Group(finding))
        group.count += 1
        if len(group.places) < _PLACES_KEPT:
            group.places.append(Place(finding.capture, finding.exchange, finding.item, finding.pointer))

    def ranked(self) -> list[Group]:
        """Return the groups, the most severe first, then by rule, operation, pointer and message."""
        return sorted(self._groups.values(), key=_rank)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Group findings by fingerprint, in the order of `Groups.ranked`."""
    groups = Groups()
    for finding in findings:
        groups.add(finding)
    return groups.ranked()


def _rank(group: Group) -> tuple[int, str, str, str, str]:
    first = group.first
    return -SEVERITIES.index(first.severity), first.rule, first.operation, first.pointer, first.message
