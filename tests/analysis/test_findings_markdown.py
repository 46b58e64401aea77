"""Findings as markdown, with escaped text."""

from tests.outcomes import outcome
from wirelore.analysis import findings_markdown
from wirelore.analysis.findings_markdown import cell, code


def test_markdown_has_a_table_for_each_severity() -> None:
    page = findings_markdown.write(outcome())
    assert "## Errors" in page
    assert "## Warnings" not in page
    row = next(line for line in page.splitlines() if "wrong-type" in line)
    assert row.count("|") - row.count("\\|") == 6


def test_markdown_and_html_syntax_is_escaped() -> None:
    assert cell("a|b\n<i>*x*") == "a\\|b &lt;i&gt;\\*x\\*"
    assert code("a|b`c") == "`` a\\|b`c ``"
