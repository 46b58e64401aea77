"""Differences as markdown, with escaped text."""

from dataclasses import replace

from tests.differences import BEFORE, changes, comparison
from tests.project import ROOT
from wirelore.compare import difference_markdown
from wirelore.compare.presentation import Changes

EXPECTED = (ROOT / "tests" / "data" / "differences.md").read_text("utf-8")


def test_the_page_has_sides_counts_and_sections_of_classes_accepted_and_ignored_places() -> None:
    assert difference_markdown.write(changes()) == EXPECTED


def test_a_page_of_no_difference_has_counts_of_zero_and_no_class() -> None:
    page = difference_markdown.write(Changes(replace(comparison(), after=BEFORE, set_aside=()), ()))
    assert [line for line in page.splitlines() if line.startswith("#")] == ["# old → old", "## Differences"]
    assert "| breaking | 0 | 0 | 0 |" in page
