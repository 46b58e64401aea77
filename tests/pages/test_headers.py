"""The page of headers: presence, values and spelling, by client."""

from tests.exchanges import exchange
from tests.pages.report_pages import Pages
from wirelore.evidence.collector import gather
from wirelore.pages.headers import headers
from wirelore.schema.library import Library


def test_the_page_of_headers_says_what_each_known_client_always_sends() -> None:
    page = headers(gather([("made", [exchange(headers=[("x-app", "cli")])])]), Library())
    assert "| `x-app` | all 1 | `cli` | constant | `x-app` |" in page
    assert "Every known client sends `accept`, `anthropic-version`, `content-type`." in page
    assert "\nclaude-cli has always also sent `accept-encoding`, `anthropic-beta`," in page


def test_a_header_is_shown_with_presence_values_and_spelling(report: Pages) -> None:
    page = report["headers.md"]
    assert "| `anthropic-version` | all 6 | `2023-06-01` | constant | `anthropic-version` |" in page
    assert "| `x-kind` | 3 of 5 | `a\\|b` | constant | `x-kind` |" in page
    assert "| `x-api-key` | all 6 | a credential | constant | `x-api-key` |" in page
    assert "One order; the most frequent (6 messages): `content-type`, `x-api-key`, `user-agent`," in page
