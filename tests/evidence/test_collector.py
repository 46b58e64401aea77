"""The evidence: counts that do not depend on how the exchanges are split."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.exchanges import exchange
from tests.reported import conversation, stream
from wirelore.evidence.collector import CUT, END, START, Evidence, gather
from wirelore.evidence.counts import HeaderSeen, HeadSeen, Spread
from wirelore.evidence.value_forms import form
from wirelore.model.exchange import Headers


def test_every_split_of_the_captures_gives_the_same_evidence() -> None:
    every = [conversation(), conversation()[:3], conversation()[4:]]
    whole = gather((str(number), exchanges) for number, exchanges in enumerate(every))
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        merged = Evidence()
        for number in order:
            merged.merge(gather([(str(number), every[number])]))
        assert merged == whole


def test_an_operation_is_described_by_count_time_client_and_origin() -> None:
    seen = gather([("made", conversation())]).operations["POST /v1/messages"].described()
    assert seen == {
        "count": 6,
        "first": "2026-01-01T00:00:01Z",
        "last": "2026-01-01T00:00:06Z",
        "clients": ["claude-cli/2.0.56"],
        "origins": {"recorded": 6},
    }


def test_an_import_without_start_has_no_time_and_one_without_chunk_times_has() -> None:
    one = conversation()[0]
    untimed = gather([("made", [replace(one, absent=("start", "times"))])])
    assert untimed.exchanges.first_us is None
    assert gather([("made", [replace(one, absent=("times",))])]).exchanges.first_us == one.started_us


def test_responses_without_a_request_are_not_counted_as_requests() -> None:
    evidence = gather([("made", [replace(conversation()[0], absent=("request", "request-headers"))])])
    assert evidence.operations["POST /v1/messages"].count == 1
    assert evidence.requests("POST /v1/messages") == 0
    assert evidence.request_heads == {}


def test_steps_lead_from_start_to_end_or_cut() -> None:
    whole, cut = exchange(events=stream()[-1:]), exchange(events=stream()[:1], end="upstream-cut")
    steps = gather([("made", [whole, cut])]).transitions["POST /v1/messages"]
    assert steps == Counter({
        (START, "message_stop"): 1, ("message_stop", END): 1, (START, "message_start"): 1, ("message_start", CUT): 1,
    })  # fmt: skip


def test_errors_are_counted_in_responses_in_streams_and_as_pages() -> None:
    page = exchange(None, b"<html>", status=503, answer_headers=[("content-type", "text/html")])
    assert gather([("made", [*conversation(), page])]).error_operations == Counter({
        ("http", "529 overloaded_error", "POST /v1/messages"): 1,
        ("stream", "200 api_error", "POST /v1/messages"): 1,
        ("http", "404 not_found_error", "GET /v1/files/{file_id}"): 1,
        ("page", "503 text/html", "POST /v1/messages"): 1,
    })  # fmt: skip


def test_a_retry_is_counted_with_the_time_waited() -> None:
    evidence = gather([("made", conversation())])
    assert evidence.retries == Counter({("POST /v1/messages", "529", 2): 1})
    assert evidence.waits == {("POST /v1/messages", "529"): Spread(1, 999, 999)}


def test_flags_are_counted_by_operation_and_client() -> None:
    evidence = gather([("made", conversation()[:2])])
    assert evidence.flag_uses == Counter({
        ("one-2025-01-01", "POST /v1/messages"): 2, ("two-2025-02-02", "POST /v1/messages"): 2,
    })  # fmt: skip
    assert evidence.flag_clients[("one-2025-01-01", "claude-cli/2.0.56")] == 2


def test_too_many_values_are_dropped_and_their_forms_kept() -> None:
    few, many = HeaderSeen(), HeaderSeen()
    for number in range(20):
        many.add([str(number)], ["X-Left"])
    few.add(["a"], ["x-left"])
    few.merge(many)
    assert (few.count, few.many, few.values) == (21, True, Counter())
    assert few.forms == Counter({"integer": 20, "token": 1})
    assert few.spellings == Counter({"X-Left": 20, "x-left": 1})


def test_too_many_orders_are_dropped() -> None:
    head = HeadSeen()
    for number in range(65):
        head.add(Headers(((f"x-{number}", "1"),)), ())
    assert (head.many_orders, head.orders, head.count) == (True, Counter(), 65)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("41", "integer"),
        ("0.5", "number"),
        ("True", "boolean"),
        ("0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b", "uuid"),
        ("2026-01-01T00:00:00Z", "date-time"),
        ("Thu, 01 Jan 2026 00:00:00 GMT", "http-date"),
        ("https://example.com/", "uri"),
        ("req_0123456789ABCDEFabcdef", "id"),
        ("structured-outputs-2025-11-13", "token"),
        ("Bearer made-up", "secret"),
        ("<ANTHROPIC_API_KEY>", "masked"),
        ("X-STAINLESS-OS-XXX", "masked"),
        ("gzip, deflate", "text"),
    ],
)
def test_a_value_has_a_form(value: str, expected: str) -> None:
    assert form(value) == expected
