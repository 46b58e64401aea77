"""Findings as JUnit XML, for build servers: a suite for each analyzer, a case for each distinct finding."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from wirelore.analysis.check import SEVERITIES
from wirelore.analysis.finding_groups import Group, Outcome


def write(outcome: Outcome, analyzers: Iterable[str], fail_on: str) -> str:
    """Return JUnit XML. A finding at or above `fail_on` is a failed case, an unreadable part is an error."""
    suites = beginning()
    for analyzer in analyzers:
        groups = [group for group in outcome.groups if group.first.rule.startswith(f"{analyzer}/")]
        failed = [group for group in groups if _fails(group, fail_on)]
        suite = added(suites, analyzer, tests=len(groups), failures=len(failed))
        for group in groups:
            _case(suite, group, failed=group in failed)
    return ended(suites, outcome.problems)


def beginning() -> ElementTree.Element:
    """Return an empty report."""
    return ElementTree.Element("testsuites", name="wirelore")


def added(suites: ElementTree.Element, name: str, *, tests: int, failures: int) -> ElementTree.Element:
    """Add a suite with these counts to a report; a suite without cases gets one that says so."""
    suite = ElementTree.SubElement(
        suites, "testsuite", name=name, tests=str(max(1, tests)), failures=str(failures), errors="0"
    )
    if not tests:
        ElementTree.SubElement(suite, "testcase", classname=name, name="nothing to report")
    return suite


def case(suite: ElementTree.Element, kind: str, name: str, text: str, failure: str | None) -> None:
    """Add a case of a rule with its text; `failure` is the reason of a failed one, None of a passed one."""
    testcase = ElementTree.SubElement(suite, "testcase", classname=_printable(kind), name=_printable(name))
    if failure is not None:
        ElementTree.SubElement(
            testcase, "failure", message=_printable(failure), type=_printable(kind)
        ).text = _printable(text)
    else:
        ElementTree.SubElement(testcase, "system-out").text = _printable(text)


def ended(suites: ElementTree.Element, problems: Sequence[str]) -> str:
    """Return the report as XML; problems become a suite of errors."""
    if problems:
        _unread(suites, problems)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _fails(group: Group, fail_on: str) -> bool:
    return SEVERITIES.index(group.first.severity) >= SEVERITIES.index(fail_on)


def _case(suite: ElementTree.Element, group: Group, *, failed: bool) -> None:
    first = group.first
    name = f"{first.operation} {first.pointer} [{first.fingerprint}]"
    places = "\n".join(f"{p.capture}/{p.exchange}" + (f" observation {p.item}" if p.item else "") for p in group.places)
    text = f"{first.severity}: {first.message}\n{group.count} in total, first:\n{places}"
    case(suite, first.rule, name, text, first.message if failed else None)


def _unread(suites: ElementTree.Element, problems: Sequence[str]) -> None:
    number = str(len(problems))
    suite = ElementTree.SubElement(suites, "testsuite", name="reading", tests=number, failures="0", errors=number)
    for problem in problems:
        testcase = ElementTree.SubElement(
            suite, "testcase", classname="reading", name=_printable(problem.partition(":")[0])
        )
        ElementTree.SubElement(testcase, "error", message=_printable(problem))


def _printable(text: str) -> str:
    """Replace characters that XML 1.0 does not allow (control characters, lone surrogates) with U+FFFD."""
    return "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd"
        for c in text
    )
