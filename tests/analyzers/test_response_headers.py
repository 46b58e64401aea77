"""Response headers by operation and class of status."""

from pathlib import Path

from analyzers import response_headers
from tests.exchanges import exchange, findings, learned_library

LIMITED = exchange(status=429, answer_headers=[("retry-after", "3"), ("request-id", "x y")])
FINE = exchange(answer_headers=[("request-id", "x y")])


def test_the_status_class_is_part_of_the_case() -> None:
    assert response_headers.start(LIMITED) == [
        {
            "case": "POST /v1/messages 4xx",
            "headers": {"retry-after": ["3"], "request-id": ["x y"]},
            "names": ["request-id", "retry-after"],
            "order": ["retry-after", "request-id"],
        }
    ]


def test_an_exchange_without_response_has_no_headers() -> None:
    assert response_headers.start(exchange(status=None)) == []


def test_a_header_that_belongs_to_errors_is_new_on_success(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", LIMITED, FINE)
    odd = exchange(answer_headers=[("request-id", "x y"), ("retry-after", "3")])
    assert findings(library, LIMITED, FINE, odd, analyzer="response-headers") == [
        ("warning", "response-headers/new-header", "/headers/retry-after"),
        ("note", "response-headers/new-spelling", "/names/1"),
        ("note", "response-headers/new-order", "/order"),
    ]


def test_an_unknown_class_of_status_is_reported_as_not_checked(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", FINE)
    assert findings(library, LIMITED, analyzer="response-headers") == [("note", "response-headers/no-schema", "/case")]
