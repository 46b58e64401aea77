"""The page of coverage."""

from tests.spec.test_coverage import covered, valid
from wirelore.pages.coverage_page import coverage as page


def test_the_page_shows_both_ways() -> None:
    text = page(covered(valid(None), valid({"model": "new"}), valid(absent=("request-headers",))))
    assert "| Exchanges described | 2 of 3 |" in text
    assert "| request-body | `POST /things/{thing_id}` | `/request/body` | missing | 1 |" in text
    assert "| `request-headers` | the source does not contain the request headers | 1 |" in text
    assert "| `GET /others` |" in text
    assert "| `Ask` | `rare`, `rare.inner` | 2 |" in text
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "Not described", "Described only by an open branch or list", "Inconclusive",
        "Operations that no exchange touched",
        "Statuses, media types and events that no exchange touched", "Component schemas that no exchange touched",
        "Properties that no exchange touched",
    ]  # fmt: skip
