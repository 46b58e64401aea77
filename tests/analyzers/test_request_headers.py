"""Request headers: presence, spelling, order, values."""

from pathlib import Path

from analyzers import request_headers
from tests.exchanges import START, exchange, findings, learned_library
from wirelore.analysis.contract import observations

SENT = [("Content-Type", "application/json"), ("x-app", "cli"), ("X-App", "cli-2")]


def test_values_spellings_and_order_are_observed() -> None:
    assert request_headers.start(exchange(headers=SENT)) == [
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


def test_parts_that_an_import_lacks_are_not_observed() -> None:
    assert request_headers.start(exchange(headers=SENT, absent=("header-case", "header-order"))) == [
        {
            "operation": "POST /v1/messages",
            "headers": {"content-type": ["application/json"], "x-app": ["cli", "cli-2"]},
        }
    ]
    assert request_headers.start(exchange(absent=("request-headers",))) == []


def test_a_new_or_a_missing_header_is_a_warning_a_new_order_a_note(tmp_path: Path) -> None:
    known = exchange(headers=[("a", "x y"), ("b", "x y")])
    library = learned_library(tmp_path / "schemas", known)
    sent = exchange(headers=[("c", "x y"), ("a", "x y")])
    assert findings(library, known, sent, analyzer="request-headers") == [
        ("warning", "request-headers/missing-header", "/headers/b"),
        ("warning", "request-headers/new-header", "/headers/c"),
        ("note", "request-headers/new-spelling", "/names/1"),
        ("note", "request-headers/new-order", "/order"),
    ]


def test_an_operation_without_schema_is_reported_as_not_checked(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange())
    assert findings(library, exchange(operation="GET /v1/models"), analyzer="request-headers") == [
        ("note", "request-headers/no-schema", "/operation")
    ]


def test_changed_and_unchanged_headers_of_a_session_are_observed() -> None:
    observe = request_headers.start.start()

    def compared(
        headers: dict[str, str], operation: str = "GET /a", source: str = "", agent: str = "me/1", hour: int = 0
    ) -> tuple[list[str] | None, list[str] | None]:
        started = START + hour * 3_600_000_001
        lines = [("User-Agent", agent), *headers.items()]
        sent = exchange(headers=lines, operation=operation, source=source, started_us=started)
        ((_, seen),) = observations(observe, sent)
        return seen.get("changed"), seen.get("kept")

    assert compared({"a": "1", "b": "1"}) == (None, None), "the first one"
    assert compared({"a": "1"}, operation="GET /b") == (None, None), "of another operation"
    assert compared({"a": "1"}, agent="me/2") == (None, None), "of another client"
    assert compared({"a": "2", "b": "1", "c": "1"}) == (["a"], ["b", "user-agent"])
    assert compared({"a": "3"}, hour=1) == (None, None), "after an hour"
    assert compared({"a": "2"}, source="x.yaml#3") == (None, None), "of another file"
    assert compared({"a": "2"}, source="x.yaml#4") == ([], ["a", "user-agent"])
    assert compared({"a": "3"}, source="x.yaml#1") == (None, None), "of another file of this name"


def test_a_header_that_begins_to_change_within_a_session_is_a_note(tmp_path: Path) -> None:
    first, second = (exchange(headers=[("a", f"{n}"), ("b", f"{n} x")]) for n in (1, 2))
    library = learned_library(tmp_path / "schemas", exchange(headers=[("a", "1"), ("b", "1 x")]), first)
    assert findings(library, first, second, analyzer="request-headers") == [
        ("note", "request-headers/now-changes", "/changed/0"),
        ("note", "request-headers/now-changes", "/changed/1"),
    ]
