"""The Markdown pages: their content, valid links, and intact tables."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from tests.exchanges import blank, exchange, learned_library
from tests.pages.report_pages import Pages, flag_table_of
from wirelore.analysis.finding_groups import Outcome
from wirelore.analysis.markdown import anchor
from wirelore.evidence.collector import Evidence, gather
from wirelore.model.exchange import Headers
from wirelore.model.routes import Routes
from wirelore.pages.markdown_report import pages
from wirelore.schema.claims import claims
from wirelore.schema.library import Library

_LINK = re.compile(r"(?<!\\)\]\(([^)#]*)#?([^)]*)\)")
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")


def _anchors(text: str) -> list[str]:
    return [anchor(unescape(re.sub(r"\\(.)", r"\1", heading))) for heading in re.findall(r"^#+ (.*)$", text, re.M)]


def _broken(report: Pages) -> list[str]:
    """Return broken links, and rows whose number of cells differs from their table's header."""
    problems = []
    for page, text in report.items():
        lines = text.splitlines()
        for target, heading in _LINK.findall(_CODE.sub("", text)):
            headings = _anchors(report.get(target or page, ""))
            if (target or page) not in {*report, "openapi.yaml", "coverage.md"} or (
                heading and heading not in headings
            ):
                problems.append(f"{page}: {target}#{heading}")
        for number, line in enumerate(lines):
            if line.startswith("| ---"):
                rows = [number - 1, number]
                while rows[-1] + 1 < len(lines) and lines[rows[-1] + 1].startswith("|"):
                    rows.append(rows[-1] + 1)
                sizes = {len(re.findall(r"(?<!\\)\|", lines[row])) for row in rows}
                problems += [f"{page}:{number}: {sorted(sizes)}"] if len(sizes) > 1 else []
    return problems


def test_links_are_valid_and_rows_fit_their_tables(report: Pages) -> None:
    assert _broken(report) == []


def test_the_pages_are_these(report: Pages) -> None:
    assert list(report) == [
        "README.md", "endpoints.md", "headers.md", "beta-flags.md", "event-sequences.md", "errors.md", "bodies.md",
        "findings.md",
    ]  # fmt: skip
    assert all(text.startswith("# ") and text.endswith("\n") and not text.endswith("\n\n") for text in report.values())


def test_the_overview_has_figures_and_completeness(report: Pages) -> None:
    overview = report["README.md"]
    assert "| Exchanges | 8 |" in overview
    assert "| First and last | 2026-01-01T00:00:01Z to 2026-01-01T00:00:08Z |" in overview
    assert "| `complete` | 8 | request and response are complete |" in overview


def test_claimed_but_unobserved_parts_are_listed(report: Pages) -> None:
    assert "| `GET /api/oauth/profile` | `api.anthropic.com` | claimed (captured) |" in report["endpoints.md"]
    assert "| `oauth-2025-04-20` | A08a, B01, E03 | S1 |" in report["beta-flags.md"]
    assert "| `413 request_too_large` | R01 |" in report["errors.md"]


def test_a_flag_is_shown_with_its_clients_and_operations(report: Pages) -> None:
    page = report["beta-flags.md"]
    assert (
        "| `one-2025-01-01` | 8 | 1 | 2026-01-01T00:00:01Z to 2026-01-01T00:00:08Z | `claude-cli` 2.0.56 "
        "| `claude-cli` | none |" in page
    )
    assert "| `one-2025-01-01` | `POST /v1/messages` | all 6 |" in page


def test_hostile_names_do_not_break_the_pages(tmp_path: Path) -> None:
    hostile = "x|y`<b>*[z](w)"
    one = exchange(
        {hostile: 1}, {hostile: hostile}, operation=f"GET /{hostile.replace(' ', '')}", events=[(hostile, {"a": 1})],
        headers=[("X-Odd", hostile), ("anthropic-beta", hostile), ("User-Agent", hostile)],
    )  # fmt: skip
    bare = replace(one, request=replace(one.request, headers=Headers()))
    report = pages(
        gather([(hostile, [one, bare])]), Outcome([], [hostile], 2, [hostile]),
        learned_library(tmp_path / "schemas", one), Routes.load(), claims(), flag_table_of(one, bare),
    )  # fmt: skip
    assert _broken(report) == []


def test_no_evidence_gives_pages_that_say_so(tmp_path: Path) -> None:
    library = Library(blank(tmp_path / "schemas"))
    report = pages(Evidence(), Outcome([], [], 0), library, Routes.load(), claims(), flag_table_of())
    assert _broken(report) == []
    assert "No event streams observed." in report["event-sequences.md"]
    assert "No errors observed." in report["errors.md"]
