"""Differences as JUnit XML."""

from xml.etree import ElementTree

import pytest

from tests.differences import changes
from tests.project import ROOT
from wirelore.compare import difference_junit

EXPECTED = (ROOT / "tests" / "data" / "differences.xml").read_text("utf-8")


def test_a_difference_at_or_above_the_level_fails_and_text_is_escaped() -> None:
    page = difference_junit.write(changes(), "additive")
    assert page == EXPECTED
    ElementTree.fromstring(page.encode())


@pytest.mark.parametrize(
    ("fail_on", "failures"),
    [
        ("breaking", {"breaking": 2, "additive": 0, "cosmetic": 0, "unjudged": 0, "accepted": 0, "accept file": 0}),
        ("any", {"breaking": 2, "additive": 1, "cosmetic": 0, "unjudged": 1, "accepted": 0, "accept file": 1}),
    ],
)
def test_any_fails_every_difference_that_is_not_accepted_and_stale_entries(
    fail_on: str, failures: dict[str, int]
) -> None:
    suites = ElementTree.fromstring(difference_junit.write(changes(problems=()), fail_on).encode())
    assert {suite.get("name"): int(suite.get("failures", "")) for suite in suites} == failures
    assert {suite.get("name"): len(suite.findall("testcase/failure")) for suite in suites} == failures
