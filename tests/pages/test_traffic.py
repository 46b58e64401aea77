"""The page of traffic."""

from tests.pages.report_pages import Pages


def test_a_retry_is_shown_with_its_delay(report: Pages) -> None:
    assert "| `POST /v1/messages` | 529 | 1 | 2 | 999 ms |" in report["errors.md"]
