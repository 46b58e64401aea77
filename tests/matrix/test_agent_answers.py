"""The answers to an agent: the scenario's turns, the shared endpoints, a short text for side requests."""

import json
from pathlib import Path
from typing import Any

import pytest

from wirelore.matrix import identity
from wirelore.matrix.agent_answers import AgentAnswers
from wirelore.matrix.agent_scenario import Scenario, Step, Turn, load
from wirelore.model.assembly import assembled
from wirelore.model.exchange import Exchange, Headers, Request
from wirelore.replayer.matching import RequestFeatures
from wirelore.replayer.replies import recorded

_TOOL = {"type": "tool_use", "name": "Bash", "input": {"command": "echo a-text-that-is-cut"}}
_SCENARIO = Scenario(
    about="Two turns.",
    steps=(Step(prompt="x"),),
    turns=(
        Turn(
            asked="tool_result", answer=({"type": "thinking", "thinking": "Well."}, {"type": "text", "text": "Done."})
        ),
        Turn(asked="Run it", answer=(_TOOL, _TOOL)),
        Turn(asked="Say more", answer=({"type": "text", "text": "And"},), stop_reason="max_tokens"),
    ),
)


def answers() -> AgentAnswers:
    return AgentAnswers(_SCENARIO, identity.words())


def asked(*messages: tuple[str, str], operation: str = "POST /v1/messages", **more: Any) -> RequestFeatures:
    message_list = [{"role": role, "content": content} for role, content in messages]
    body = {"model": "claude-model", "stream": True, "tools": [{"name": "Bash"}], "messages": message_list, **more}
    method, _, path = operation.partition(" ")
    request = Request(Headers(), method=method, host="api.anthropic.com", target=path)
    return RequestFeatures.of_request(request, json.dumps(body).encode(), answers().routes)


def message(question: RequestFeatures) -> dict[str, Any]:
    """Assemble the message from the stream of an answer."""
    exchange = answers().answer(question)
    assert exchange is not None
    assert exchange.response is not None
    assembled_message = assembled(exchange.response.events())
    assert assembled_message is not None
    return assembled_message


def test_the_first_turn_that_matches_answers_with_its_blocks_and_the_request_s_model() -> None:
    reply = message(asked(("user", "Run it")))
    assert (reply["model"], reply["stop_reason"]) == ("claude-model", "tool_use")
    assert [(block["name"], block["input"]) for block in reply["content"]] == [("Bash", _TOOL["input"])] * 2


def test_tools_called_in_one_answer_have_ids_of_their_own_and_the_same_in_every_run() -> None:
    first, second = ([block["id"] for block in message(asked(("user", "Run it")))["content"]] for _ in range(2))
    assert first == second
    assert len(set(first)) == 2


def test_a_thought_is_signed_and_a_turn_may_name_its_stop_reason() -> None:
    reply = message(asked(("user", "Run it"), ("assistant", "x"), ("user", "a tool_result")))
    assert [(block["type"], block.get("signature")) for block in reply["content"]] == [
        ("thinking", "RkFLRQ=="),
        ("text", None),
    ]
    assert reply["stop_reason"] == "end_turn"
    assert message(asked(("user", "Say more")))["stop_reason"] == "max_tokens"


def test_the_last_user_message_selects_the_turn() -> None:
    reply = message(asked(("user", "Run it"), ("assistant", "x"), ("user", "Say more"), ("system", "Run it")))
    assert reply["content"] == [{"type": "text", "text": "And"}]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(asked(("user", "Run it"), tools=[]), id="no-tools"),
        pytest.param(asked(("user", "Something else")), id="no-turn"),
        pytest.param(asked(), id="no-message"),
    ],
)
def test_a_side_request_is_answered_with_a_short_text(question: RequestFeatures) -> None:
    assert message(question)["content"] == [{"type": "text", "text": "A side remark."}]


def test_faults_apply_to_the_conversation_and_other_endpoints_but_not_to_side_requests() -> None:
    questions = [asked(("user", "x")), asked(("user", "x"), tools=[]), asked(operation="POST /v1/oauth/token")]
    assert [answers().may_fail(question) for question in questions] == [True, False, True]


def test_without_streaming_the_same_message_is_plain_json() -> None:
    exchange = answers().answer(asked(("user", "Run it")))
    assert exchange is not None
    assert exchange.response is not None
    reply = recorded(exchange, exchange.response, streaming=False)
    assert json.loads(reply.pieces[0].data) == message(asked(("user", "Run it")))


def test_a_shared_endpoint_answers_with_the_test_identity_and_an_unknown_one_not_at_all() -> None:
    body = _body(answers().answer(asked(operation="GET /api/oauth/profile")))
    assert body["account"]["email"] == identity.EMAIL
    assert answers().answer(asked(operation="GET /api/bogus")) is None


def test_a_scenario_s_endpoint_overrides_the_shared_one(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    own = {"operation": "GET /api/oauth/profile", "status": 403, "json": {"own": "{{email}}"}}
    path.write_text(json.dumps({"about": "x", "steps": [{}], "answers": [own]}))
    exchange = AgentAnswers(load(path), identity.words()).answer(asked(operation="GET /api/oauth/profile"))
    assert exchange is not None
    assert exchange.response is not None
    assert (exchange.response.status, _body(exchange)) == (403, {"own": identity.EMAIL})


def _body(exchange: Exchange | None) -> Any:
    assert exchange is not None
    assert exchange.response is not None
    return json.loads(exchange.response.body.read())
