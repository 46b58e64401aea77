"""The numbers of observations that pass, by analyzer and severity, and the findings in the others."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from benchmarks.inference.teaching import Observed
from wirelore.analysis.check import Finding, check
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library

Name = TypeVar("Name", str, tuple[str, ...])


@dataclass
class Verdicts:
    """The number of observations of an analyzer, and of those with findings."""

    observations: int = 0
    with_error: int = 0
    with_warning: int = 0
    """Observations with a warning or an error."""

    def __iadd__(self, other: "Verdicts") -> "Verdicts":
        self.observations += other.observations
        self.with_error += other.with_error
        self.with_warning += other.with_warning
        return self


@dataclass
class Judged:
    """The verdicts by analyzer, and all warnings and errors with their observations."""

    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    findings: list[tuple[Finding, Observed]] = field(default_factory=list)
    exchanges: int = 0
    exchanges_with_finding: int = 0


def judged(exchanges: list[Exchange], lessons: Mapping[str, list[Observed]], library: Library) -> Judged:
    """Check exchanges with the project's own check; `lessons` are their observations by repository."""
    result = Judged(exchanges=len(exchanges))
    places: dict[tuple[str, str, str, int | None], Observed] = {}
    for each in (one for repository in sorted({e.capture for e in exchanges}) for one in lessons[repository]):
        result.verdicts.setdefault(each.analyzer, Verdicts()).observations += 1
        places[each.exchange.capture, each.exchange.id, each.analyzer, each.item] = each
    severities: dict[tuple[str, str, str, int | None], set[str]] = {}
    for finding in _findings(exchanges, library):
        if finding.severity != "note":
            key = (finding.capture, finding.exchange, finding.rule.partition("/")[0], finding.item)
            severities.setdefault(key, set()).add(finding.severity)
            result.findings.append((finding, places[key]))
    for key, levels in severities.items():
        result.verdicts[key[2]] += Verdicts(0, int("error" in levels), 1)
    result.exchanges_with_finding = len({key[:2] for key in severities})
    return result


def _findings(exchanges: Iterable[Exchange], library: Library) -> Iterator[Finding]:
    for _, capture in groupby(exchanges, lambda each: each.capture):
        yield from check(capture, library)


def summed(all_of: Iterable[Mapping[str, Verdicts]]) -> dict[str, Verdicts]:
    """Return the sums of several verdicts by analyzer."""
    total: dict[str, Verdicts] = {}
    for each in all_of:
        for analyzer, verdicts in each.items():
            total.setdefault(analyzer, Verdicts())
            total[analyzer] += verdicts
    return total


def most(counted: Counter[Name]) -> list[tuple[Name, int]]:
    """Return the counts in descending order, equal ones by name."""
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
