"""The stand-in's answers of a scenario, and what happens if the client gets others."""

from pathlib import Path
from typing import Any

import pytest

from wirelore.matrix.sampling import SAMPLE_KEY, UnexpectedResult, answers, recorded
from wirelore.matrix.scenario import load, packaged
from wirelore.model.exchange import Chunk
from wirelore.redaction.keys import SIZE


def step(name: str, answer: dict[str, Any] | None, **request: Any) -> dict[str, Any]:
    asked = {"method": "POST", "host": "api.anthropic.com", "path": "/v1/messages", **request}
    return {"name": name, "request": asked, **({"answer": answer} if answer else {})}


def test_each_step_with_an_answer_is_an_exchange() -> None:
    scenario = {"steps": [step("a", {"status": 200, "json": {"n": 1}}), step("b", None), step("c", {"status": 404})]}
    first, last = answers(scenario)
    assert (first.id, first.sequence, last.id, last.sequence) == ("a", 1, "c", 3)
    assert first.response is not None
    assert (first.response.status, first.response.body.read()) == (200, b'{"n":1}')
    assert (first.request.scheme, first.end.cause) == ("https", "complete")


def test_a_cut_answer_ends_with_its_server() -> None:
    (one,) = answers({"steps": [step("a", {"status": 200, "json": {}, "cut": True})]})
    assert one.end.cause == "upstream-cut"


@pytest.mark.parametrize(("more", "pace"), [({}, 1000), ({"pace_us": 7}, 7)])
def test_events_are_chunks_one_after_the_other(more: dict[str, Any], pace: int) -> None:
    events = [{"type": "ping"}, {"type": "stop"}]
    (one,) = answers({"steps": [step("a", {"status": 200, "events": events, **more})]})
    assert one.response is not None
    first, second = (f'event: {name}\ndata: {{"type":"{name}"}}\n\n'.encode() for name in ("ping", "stop"))
    assert one.response.body.read() == first + second
    assert one.response.body.chunks == (Chunk(0, len(first), pace), Chunk(len(first), len(second), 2 * pace))


def test_a_value_of_an_answer_is_carried_into_later_steps() -> None:
    first = {**step("a", {"status": 200, "json": {"id": "made"}}), "carry": {"file": {"member": "id"}}}
    _, second = answers({"steps": [first, step("b", {"status": 200}, path="/v1/files/{{file}}")]})
    assert second.request.target == "/v1/files/made"


def test_the_key_of_the_samples_has_the_size_of_a_key() -> None:
    assert len(SAMPLE_KEY) == SIZE


@pytest.mark.slow
def test_a_client_that_gets_another_answer_is_an_error_that_names_the_step(tmp_path: Path) -> None:
    path = packaged()[0]
    name = load(path)["steps"][0]["name"]
    with pytest.raises(UnexpectedResult, match="the sample client exited with") as raised:
        recorded([path], [], tmp_path / "capture", pace="none")
    assert name in str(raised.value)
