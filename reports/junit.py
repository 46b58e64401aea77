"""Findings as JUnit XML, for build servers: a suite for each analyzer, a case for each kind of finding."""

from collections.abc import Iterable
from xml.etree import ElementTree

from analyzers._check import SEVERITIES
from reports.findings import Group, Outcome


def write(outcome: Outcome, analyzers: Iterable[str], fail_on: str) -> str:
    """The outcome as XML; a kind at or above `fail_on` fails its case, a part that could not be read is an error."""
    suites = ElementTree.Element("testsuites", name="wirelore")
    for analyzer in analyzers:
        groups = [group for group in outcome.groups if group.first.rule.startswith(f"{analyzer}/")]
        failed = [group for group in groups if _fails(group, fail_on)]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=analyzer, tests=str(max(1, len(groups))), failures=str(len(failed)), errors="0"
        )
        for group in groups:
            _case(suite, group, failed=group in failed)
        if not groups:
            ElementTree.SubElement(suite, "testcase", classname=analyzer, name="nothing to report")
    if outcome.problems:
        _unread(suites, outcome.problems)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _fails(group: Group, fail_on: str) -> bool:
    return SEVERITIES.index(group.first.severity) >= SEVERITIES.index(fail_on)


def _case(suite: ElementTree.Element, group: Group, *, failed: bool) -> None:
    first = group.first
    name = _printable(f"{first.operation} {first.pointer} [{first.fingerprint}]")
    case = ElementTree.SubElement(suite, "testcase", classname=first.rule, name=name)
    places = "\n".join(f"{p.capture}/{p.exchange}" + (f" observation {p.item}" if p.item else "") for p in group.places)
    text = _printable(f"{first.severity}: {first.message}\n{group.count} in all, first:\n{places}")
    if failed:
        ElementTree.SubElement(case, "failure", message=_printable(first.message), type=first.rule).text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text


def _unread(suites: ElementTree.Element, problems: list[str]) -> None:
    number = str(len(problems))
    suite = ElementTree.SubElement(suites, "testsuite", name="reading", tests=number, failures="0", errors=number)
    for problem in problems:
        case = ElementTree.SubElement(
            suite, "testcase", classname="reading", name=_printable(problem.partition(":")[0])
        )
        ElementTree.SubElement(case, "error", message=_printable(problem))


def _printable(text: str) -> str:
    """XML 1.0 has no place for most control characters and lone surrogates: they become U+FFFD."""
    return "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd"
        for c in text
    )
