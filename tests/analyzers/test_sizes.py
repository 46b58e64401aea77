"""Sizes: bytes of both bodies."""

from pathlib import Path

from analyzers import sizes
from tests.exchanges import exchange, findings, learned_library


def test_the_bytes_of_both_bodies_are_observed() -> None:
    assert sizes.observe(exchange({"a": 1}, b"{ }")) == [
        {"operation": "POST /v1/messages", "request_bytes": 7, "response_bytes": 3}
    ]


def test_an_incomplete_response_has_no_size() -> None:
    assert sizes.observe(exchange({"a": 1}, b"{", end="client-gone")) == [
        {"operation": "POST /v1/messages", "request_bytes": 7}
    ]


def test_a_missing_body_has_no_size() -> None:
    assert sizes.observe(exchange({}, b"", absent=("request-body", "response-body"))) == [
        {"operation": "POST /v1/messages"}
    ]
    assert sizes.observe(exchange({}, absent=("request",))) == []


def test_bytes_that_an_importer_rewrote_have_no_size() -> None:
    assert sizes.observe(exchange({}, {}, absent=("request-bytes",))) == [
        {"operation": "POST /v1/messages", "response_bytes": 2}
    ]
    assert sizes.observe(exchange({}, {}, absent=("response-bytes",))) == [
        {"operation": "POST /v1/messages", "request_bytes": 2}
    ]


def test_no_size_is_a_finding(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange({"a": 1}))
    assert findings(library, exchange({"a": "x" * 9999}, b"[]"), analyzer="sizes") == []
