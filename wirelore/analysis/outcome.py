"""The outcome of a check over the readable parts of captures."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wirelore.analysis import findings_json, findings_junit, findings_markdown, findings_sarif, findings_text
from wirelore.analysis.check import Checker
from wirelore.analysis.finding_groups import Groups, Outcome
from wirelore.analysis.one_pass import Observed, run
from wirelore.analysis.registry import registry
from wirelore.schema.library import Library
from wirelore.store.writer import Capture


class Checking:
    """A collector that checks exchanges against a library of schemas and groups the findings."""

    def __init__(self, library: Library) -> None:
        self._checker = Checker(library)
        self._groups = Groups()
        self._outcome = Outcome([], [], 0)

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of all analyzers of the check."""
        return [analyzer.id for analyzer in self._checker.analyzers]

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Add a capture to the outcome."""
        self._outcome.captures.append(capture)

    def add(self, observed: Observed) -> None:
        """Check an exchange."""
        self._outcome.exchanges += 1
        for finding in self._checker.findings(observed):
            self._groups.add(finding)

    def outcome(self, problems: Iterable[str] = ()) -> Outcome:
        """Return the outcome; `problems` are messages about unreadable parts."""
        return replace(self._outcome, groups=self._groups.ranked(), problems=list(problems))


def outcome(captures: Iterable[Capture], library: Library) -> Outcome:
    """Check captures against the library; unreadable parts become problems of the outcome."""
    checking, problems = Checking(library), list[str]()
    run(captures, [checking], lambda fault: problems.append(str(fault)))
    return checking.outcome(problems)


def render(result: Outcome, library: Library, form: str, version: str, fail_on: str) -> str:
    """Return the outcome in a format: `text`, `json`, `markdown`, `sarif` or `junit`."""
    if form == "json":
        return findings_json.write(result)
    if form == "markdown":
        return findings_markdown.write(result)
    if form == "sarif":
        rules = {rule.id: rule for name in registry() for rule in library.rules(name).values()}
        return findings_sarif.write(result, rules, version)
    if form == "junit":
        return findings_junit.write(result, registry(), fail_on)
    return findings_text.write(result)
