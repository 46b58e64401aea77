"""Request headers: presence, spelling, order, values."""

from pathlib import Path

from analyzers import request_headers
from tests.exchanges import exchange, findings, taught

SENT = [("Content-Type", "application/json"), ("x-app", "cli"), ("X-App", "cli-2")]


def test_values_spellings_and_order_are_observed() -> None:
    assert request_headers.observe(exchange(headers=SENT)) == [
        {
            "operation": "POST /v1/messages",
            "headers": {
                "content-type": ["application/json"],
                "x-app": ["cli", "cli-2"],
            },
            "names": ["Content-Type", "X-App", "x-app"],
            "order": ["content-type", "x-app", "x-app"],
        }
    ]


def test_what_an_import_does_not_tell_is_not_observed() -> None:
    assert request_headers.observe(exchange(headers=SENT, absent=("header-case", "header-order"))) == [
        {
            "operation": "POST /v1/messages",
            "headers": {"content-type": ["application/json"], "x-app": ["cli", "cli-2"]},
        }
    ]
    assert request_headers.observe(exchange(absent=("request-headers",))) == []


def test_a_new_or_a_missing_header_is_a_warning_a_new_order_a_note(tmp_path: Path) -> None:
    known = exchange(headers=[("a", "x y"), ("b", "x y")])
    library = taught(tmp_path / "schemas", known)
    sent = exchange(headers=[("c", "x y"), ("a", "x y")])
    assert findings(library, known, sent, analyzer="request-headers") == [
        ("warning", "request-headers/missing-header", "/headers/b"),
        ("warning", "request-headers/new-header", "/headers/c"),
        ("note", "request-headers/new-spelling", "/names/1"),
        ("note", "request-headers/new-order", "/order"),
    ]


def test_an_operation_that_nothing_was_learned_of_is_said_not_to_be_judged(tmp_path: Path) -> None:
    library = taught(tmp_path / "schemas", exchange())
    assert findings(library, exchange(operation="GET /v1/models"), analyzer="request-headers") == [
        ("note", "request-headers/no-schema", "/operation")
    ]
