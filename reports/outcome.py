"""The outcome of a check over captures, whatever of them can be read."""

from collections.abc import Iterable, Iterator

from analyzers._check import Finding, check
from analyzers._contract import registry
from captures.model import Exchange
from captures.store import Capture
from reports import json_findings, junit, markdown_findings, sarif, text
from reports.findings import Outcome, grouped
from schemas.library import Library


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
        return json_findings.write(result)
    if form == "markdown":
        return markdown_findings.write(result)
    if form == "sarif":
        rules = {rule.id: rule for name in registry() for rule in library.rules(name).values()}
        return sarif.write(result, rules, version)
    if form == "junit":
        return junit.write(result, registry(), fail_on)
    return text.write(result)
