"""Repeated requests after a failure."""

from pathlib import Path
from typing import Any

from analyzers import retries
from tests.exchanges import START, exchange, findings, learned_library
from wirelore.analysis.contract import observations
from wirelore.model.exchange import Exchange

BODY = {"model": "m-1", "stream": True, "messages": []}
BUSY = {"type": "error", "error": {"type": "overloaded_error", "message": "Too busy, sorry"}}


def seen(*exchanges: Exchange) -> list[dict[str, Any]]:
    """Return the observations of the exchanges of one capture."""
    observe = retries.start.start()
    return [observation for one in exchanges for _, observation in observations(observe, one)]


def at(ms: int, body: Any = BODY, **more: Any) -> Exchange:
    """Return an exchange that begins this many milliseconds after the first."""
    return exchange(body, started_us=START + ms * 1000, took_us=100_000, **more)


def test_a_chain_of_attempts_is_counted_with_cause_and_delay() -> None:
    busy = {"status": 529, "answer": BUSY}
    assert seen(at(0, **busy), at(600, **busy), at(2_000, answer={})) == [
        {"operation": "POST /v1/messages", "attempt": 2, "cause": "529", "delay_ms": 500},
        {"operation": "POST /v1/messages", "attempt": 3, "cause": "529", "delay_ms": 1300},
    ]


def test_a_repeated_request_without_streaming_is_a_retry() -> None:
    cut = at(0, events=[("message_start", {})], end="upstream-cut")
    assert seen(cut, at(300, {**BODY, "stream": False}, answer={})) == [
        {"operation": "POST /v1/messages", "attempt": 2, "cause": "upstream-cut", "delay_ms": 200}
    ]


def test_an_error_inside_a_stream_is_a_failure() -> None:
    assert seen(at(0, events=[("error", BUSY)]), at(300, answer={}))[0]["cause"] == "error in the stream"


def test_the_same_request_after_success_and_another_request_after_failure_are_not_retries() -> None:
    assert seen(at(0, answer={}), at(300, answer={})) == []
    assert seen(at(0, status=500, answer=BUSY), at(300, {**BODY, "model": "m-2"}, answer={})) == []


def test_the_same_request_much_later_or_in_parallel_is_not_a_retry() -> None:
    busy = {"status": 529, "answer": BUSY}
    assert seen(at(0, **busy), at(700_000, **busy), at(1_400_000, **busy)) == []
    assert seen(at(0, **busy), at(50, answer={})) == []
    assert seen(at(0, absent=("start",), **busy), at(600, absent=("start",), answer={})) == []


def test_every_retry_is_a_note_and_one_before_retry_after_is_a_warning(tmp_path: Path) -> None:
    limited = at(
        0, status=429, answer=BUSY, answer_headers=[("content-type", "application/json"), ("retry-after", "2")]
    )
    early, late = at(1_000, answer={}), at(2_200, answer={})
    library = learned_library(tmp_path / "schemas", limited, late)
    assert findings(library, limited, late, analyzer="retries") == [("note", "retries/retried", "/attempt")]
    assert findings(library, limited, early, analyzer="retries") == [
        ("note", "retries/retried", "/attempt"),
        ("warning", "retries/too-early", "/waited"),
    ]


def test_a_retry_after_something_new_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", at(0, status=529, answer=BUSY), at(300, answer={}))
    assert findings(library, at(0, status=413, answer=BUSY), at(300, answer={}), analyzer="retries") == [
        ("note", "retries/retried", "/attempt"),
        ("warning", "retries/new-cause", "/cause"),
    ]
