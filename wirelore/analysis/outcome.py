"""The outcome of a check over captures, whatever of them can be read."""

from collections.abc import Iterable, Iterator

from wirelore.analysis import findings_json, findings_junit, findings_markdown, findings_sarif, findings_text
from wirelore.analysis.check import Finding, check
from wirelore.analysis.finding_groups import Outcome, grouped
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library
from wirelore.store.writer import Capture


def outcome(captures: Iterable[Capture], library: Library) -> Outcome:
    """Every capture checked against the library; parts that cannot be read are problems, and the rest goes on."""
    result = Outcome([], [], 0)

    def findings() -> Iterator[Finding]:
        for capture in captures:
            result.captures.append(capture.name)
            yield from check(_counted(capture, result), library)

    result.groups = grouped(findings())
    return result


def _counted(capture: Capture, result: Outcome) -> Iterator[Exchange]:
    for exchange in capture.exchanges(lambda fault: result.problems.append(str(fault))):
        result.exchanges += 1
        yield exchange


def written(result: Outcome, library: Library, form: str, version: str, fail_on: str) -> str:
    """The outcome in a format: `text`, `json`, `markdown`, `sarif` or `junit`."""
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
