"""Matching requests to recorded answers."""

from dataclasses import replace
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.model.exchange import Exchange, Request
from wirelore.model.routes import packaged
from wirelore.replayer.matching import Answers, RequestFeatures

SAY: dict[str, Any] = {"model": "m", "stream": False, "messages": [{"role": "user", "content": "one"}]}
MORE: dict[str, Any] = {**SAY, "messages": [*SAY["messages"], *SAY["messages"]]}


def features(example: Exchange, body: Any = None, **members: Any) -> RequestFeatures:
    """Return the features of the exchange's request, with another body or other members."""
    request: Request = replace(example.request, **members)
    content = example.request.body.read() if body is None else exchange(body).request.body.read()
    return RequestFeatures.of_request(request, content, packaged())


def test_the_features_are_operation_address_and_members_of_the_body() -> None:
    example = exchange(SAY, host="API.anthropic.com", target="/v1/messages?beta=true")
    assert features(example) == RequestFeatures(
        "POST /v1/messages",
        "api.anthropic.com",
        "/v1/messages",
        example.request.body.read(),
        frozenset({("model", "'m'"), ("stream", "False")}),
        1,
        False,
    )


@pytest.mark.parametrize("body", [b"", b"[1]", b"no json"])
def test_a_body_that_is_not_an_object_has_only_its_bytes_as_feature(body: bytes) -> None:
    example = features(exchange(body))
    assert (example.body, example.scalars, example.messages, example.streaming) == (body, frozenset(), None, False)


def test_answers_are_used_in_order_and_the_last_repeats() -> None:
    first, second = exchange(SAY, {"n": 1}), exchange(SAY, {"n": 2})
    answers = Answers([first, second], packaged())
    assert len(answers) == 2
    assert [answers.answer(features(first)) for _ in range(3)] == [first, second, second]


@pytest.mark.parametrize(
    ("wanted", "body", "members"),
    [
        pytest.param(exchange(SAY, host="platform.claude.com"), SAY, {"host": "platform.claude.com"}, id="host"),
        pytest.param(exchange({**SAY, "stream": True}, {}), {**SAY, "stream": True, "model": "x"}, {}, id="streaming"),
        pytest.param(exchange(MORE, {}), {**MORE, "model": "x"}, {}, id="number of messages"),
        pytest.param(exchange({**SAY, "model": "n"}, {}), {**SAY, "model": "n", "extra": 1}, {}, id="scalars"),
    ],
)
def test_a_better_match_precedes_the_order(wanted: Exchange, body: Any, members: dict[str, Any]) -> None:
    answers = Answers([exchange(SAY, {}), wanted], packaged())
    assert answers.answer(features(exchange(SAY), body, **members)) is wanted


def test_an_operation_that_was_never_recorded_has_no_answer() -> None:
    answers = Answers([exchange(SAY, {})], packaged())
    assert answers.answer(features(exchange(None, operation="GET /v1/models"))) is None


@pytest.mark.parametrize(
    ("end", "answers"),
    [("client-gone", 0), ("shutdown", 0), ("recorder-lost", 0), ("upstream-cut", 1), ("no-response", 1)],
)
def test_an_exchange_without_a_response_answers_only_if_the_server_was_at_fault(end: str, answers: int) -> None:
    assert len(Answers([exchange(SAY, status=None, end=end)], packaged())) == answers
