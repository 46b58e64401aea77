"""Response bodies by operation and status."""

from pathlib import Path

from analyzers import response_bodies
from tests.exchanges import exchange, findings, learned_library

ANSWER = {"id": "msg_1", "stop_reason": None, "usage": {"output_tokens": 3}}


def test_operation_and_status_make_the_case() -> None:
    assert response_bodies.observe(exchange(answer=ANSWER, status=202)) == [
        {"case": "POST /v1/messages 202", "media_type": "application/json", "body": ANSWER}
    ]


def test_errors_streams_empty_bodies_and_incomplete_responses_have_no_observation() -> None:
    assert response_bodies.observe(exchange(answer=ANSWER, status=400)) == []
    assert response_bodies.observe(exchange(events=[("ping", {"type": "ping"})])) == []
    assert response_bodies.observe(exchange(status=204)) == []
    assert response_bodies.observe(exchange(answer=b'{"id":', end="upstream-cut")) == []


def test_a_new_null_is_an_error_and_a_known_one_is_not(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(answer=ANSWER))
    answer = {**ANSWER, "usage": {"output_tokens": None}}
    assert findings(library, exchange(answer=ANSWER), exchange(answer=answer), analyzer="response-bodies") == [
        ("error", "response-bodies/wrong-type", "/body/usage/output_tokens")
    ]


def test_a_new_status_of_a_known_operation_is_reported_as_not_checked(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(answer=ANSWER))
    assert findings(library, exchange(answer=ANSWER, status=203), analyzer="response-bodies") == [
        ("note", "response-bodies/no-schema", "/case")
    ]
