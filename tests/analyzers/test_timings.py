"""Timings: milliseconds from the end of a request to the first byte and the end of its answer."""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzers import timings
from tests.exchanges import exchange, findings, learned_library
from wirelore.model.exchange import Body, Chunk


def test_times_are_measured_from_the_last_byte_of_the_request() -> None:
    asked = exchange({"a": 1}, b"[]", took_us=9_000_999)
    slow = Body.from_bytes(b"{}", [Chunk(0, 1, 100), Chunk(1, 1, 2_000_000)])
    late = Body.from_bytes(b"[]", [Chunk(0, 1, 5_000_000), Chunk(1, 1, 8_000_000)])
    assert asked.response is not None
    sent = replace(asked, request=replace(asked.request, body=slow), response=replace(asked.response, body=late))
    assert timings.observe(sent) == [
        {"operation": "POST /v1/messages", "status": 200, "first_byte_ms": 3000, "whole_ms": 7000}
    ]


def test_an_answer_before_the_request_has_ended_took_no_time() -> None:
    asked = exchange({"a": 1}, b"no", status=413, took_us=600)
    slow = Body.from_bytes(b"{}", [Chunk(0, 2, 3_000_000)])
    assert timings.observe(replace(asked, request=replace(asked.request, body=slow))) == [
        {"operation": "POST /v1/messages", "status": 413, "first_byte_ms": 0, "whole_ms": 0}
    ]


def test_an_incomplete_response_has_no_end_and_an_empty_one_no_first_byte() -> None:
    assert timings.observe(exchange({"a": 1}, b"", end="upstream-cut")) == [
        {"operation": "POST /v1/messages", "status": 200}
    ]


@pytest.mark.parametrize(
    "untold", [{"origin": "stand-in"}, {"absent": ("times",)}, {"absent": ("request",)}, {"status": None}], ids=str
)
def test_meaningless_times_are_not_observed(untold: dict[str, object]) -> None:
    assert timings.observe(exchange({"a": 1}, b"[]", **untold)) == []  # type: ignore[arg-type]


def test_no_timing_is_a_finding(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange({"a": 1}, b"[]"))
    assert findings(library, exchange({"a": 1}, b"[]", took_us=99_000_000), analyzer="timings") == []
