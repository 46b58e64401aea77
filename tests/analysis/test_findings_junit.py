"""Findings as JUnit XML."""

from xml.etree import ElementTree

from tests.outcomes import outcome
from wirelore.analysis import findings_junit
from wirelore.analysis.registry import registry


def test_findings_at_or_above_the_level_fail_and_any_text_is_valid_xml() -> None:
    page = findings_junit.write(outcome(problems=("x: broken",)), registry(), "error")
    suites = ElementTree.fromstring(page.encode())
    assert [suite.get("name") for suite in suites] == [*registry(), "reading"]
    by_name = {suite.get("name"): suite for suite in suites}
    assert (by_name["event-payloads"].get("tests"), by_name["event-payloads"].get("failures")) == ("1", "1")
    assert (by_name["retries"].get("tests"), by_name["retries"].get("failures")) == ("1", "0")
    assert by_name["beta-flags"][0].get("name") == "nothing to report"
    failure = by_name["event-payloads"][0][0]
    assert failure.get("message") == 'index is string "<|0|>\ufffd", expected integer'
    assert by_name["reading"][0][0].get("message") == "x: broken"
