"""The usage of an operation: steps, errors, retries and flags."""

from collections import Counter

from tests.exchanges import exchange
from tests.reported import conversation, stream
from wirelore.evidence.collector import CUT, END, START, gather
from wirelore.evidence.counts import Spread


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
