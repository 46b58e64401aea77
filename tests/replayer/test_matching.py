"""Which recorded answer fits a request."""

from dataclasses import replace
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.model.exchange import Exchange, Request
from wirelore.model.routes import packaged
from wirelore.replayer.matching import Answers, Asked

SAY: dict[str, Any] = {"model": "m", "stream": False, "messages": [{"role": "user", "content": "one"}]}
MORE: dict[str, Any] = {**SAY, "messages": [*SAY["messages"], *SAY["messages"]]}


def asked(one: Exchange, body: Any = None, **members: Any) -> Asked:
    """What a request like the exchange's asks, with other members."""
    request: Request = replace(one.request, **members)
    content = one.request.body.read() if body is None else exchange(body).request.body.read()
    return Asked.of(request, content, packaged())


def test_what_is_asked_is_the_operation_and_what_of_the_body_decides() -> None:
    one = exchange(SAY, host="API.anthropic.com", target="/v1/messages?beta=true")
    assert asked(one) == Asked(
        "POST /v1/messages",
        "api.anthropic.com",
        "/v1/messages",
        one.request.body.read(),
        frozenset({("model", "'m'"), ("stream", "False")}),
        1,
        False,
    )


@pytest.mark.parametrize("body", [b"", b"[1]", b"no json"])
def test_a_body_that_is_no_object_asks_by_its_bytes_alone(body: bytes) -> None:
    one = asked(exchange(body))
    assert (one.body, one.scalars, one.messages, one.streaming) == (body, frozenset(), None, False)


def test_each_answer_is_given_in_its_turn_and_the_last_repeats() -> None:
    first, second = exchange(SAY, {"n": 1}), exchange(SAY, {"n": 2})
    answers = Answers([first, second], packaged())
    assert len(answers) == 2
    assert [answers.answer(asked(first)) for _ in range(3)] == [first, second, second]


@pytest.mark.parametrize(
    ("wanted", "body", "members"),
    [
        pytest.param(exchange(SAY, host="platform.claude.com"), SAY, {"host": "platform.claude.com"}, id="host"),
        pytest.param(exchange({**SAY, "stream": True}, {}), {**SAY, "stream": True, "model": "x"}, {}, id="streaming"),
        pytest.param(exchange(MORE, {}), {**MORE, "model": "x"}, {}, id="number of messages"),
        pytest.param(exchange({**SAY, "model": "n"}, {}), {**SAY, "model": "n", "extra": 1}, {}, id="scalars"),
    ],
)
def test_what_fits_better_goes_before_its_turn(wanted: Exchange, body: Any, members: dict[str, Any]) -> None:
    answers = Answers([exchange(SAY, {}), wanted], packaged())
    assert answers.answer(asked(exchange(SAY), body, **members)) is wanted


def test_an_operation_that_was_never_recorded_has_no_answer() -> None:
    answers = Answers([exchange(SAY, {})], packaged())
    assert answers.answer(asked(exchange(None, operation="GET /v1/models"))) is None


@pytest.mark.parametrize(
    ("end", "kept"),
    [("client-gone", 0), ("shutdown", 0), ("recorder-lost", 0), ("upstream-cut", 1), ("no-response", 1)],
)
def test_an_exchange_without_a_response_answers_only_if_the_server_was_at_fault(end: str, kept: int) -> None:
    assert len(Answers([exchange(SAY, status=None, end=end)], packaged())) == kept
