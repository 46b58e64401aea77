"""The sample client with a real stand-in, without a proxy (`test_samples` has one)."""

import json
from pathlib import Path
from typing import Any

import pytest

from wirelore.matrix import scenario as scenarios
from wirelore.matrix.sample_client import Client, Reached, carried, main, run
from wirelore.matrix.sampling import answers
from wirelore.replayer.server import ReplayServer


def _scenario(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "test", "steps": list(steps), "variables": {}, **more}


def _step(standin: ReplayServer | None = None, **request: Any) -> dict[str, Any]:
    address = (
        {"scheme": "http", "host": "127.0.0.1", "port": standin.port} if standin else {"host": "api.anthropic.com"}
    )
    return {"name": "step", "request": {"method": "POST", "path": "/v1/messages", **address, **request}}


def _answered(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {"name": "step", "request": request, "answer": answer}


def test_headers_go_out_in_the_order_and_case_of_the_scenario_and_nothing_is_added() -> None:
    lines = [["Host", ""], ["x-B", "1"], ["X-a", "{{word}}"], ["content-Length", ""], ["x-b", "2"]]
    with ReplayServer([]) as standin:
        run(
            _scenario(_step(standin, headers=lines, json={"a": "ü"}), variables={"word": "w"}),
            Client({}),
            lambda _: None,
        )
    assert standin.seen[0].headers.lines == (
        ("Host", "127.0.0.1"),
        ("x-B", "1"),
        ("X-a", "w"),
        ("content-Length", "10"),
        ("x-b", "2"),
    )
    assert standin.seen[0].body == '{"a":"ü"}'.encode()


def test_a_value_from_a_response_is_carried_into_later_steps() -> None:
    request = {"method": "GET", "host": "127.0.0.1", "path": "/v1/models", "headers": [["Host", ""]]}
    answered = _answered(request, {"status": 200, "headers": [["Content-Length", "0"]], "json": {"id": "model_1"}})
    with ReplayServer(answers(_scenario(answered))) as standin:
        first = {
            **_step(standin, method="GET", path="/v1/models", headers=[["Host", ""]]),
            "carry": {"id": {"member": "id"}},
        }
        second = _step(standin, path="/v1/{{id}}", headers=[["Host", ""]])
        assert run(_scenario(first, second), Client({}), lambda _: None) == 0
    assert [request.target for request in standin.seen] == ["/v1/models", "/v1/model_1"]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ({"header": "location", "query": "code"}, "c/1"),
        ({"header": "location"}, "http://localhost:1/callback?code=c%2F1&state=s"),
        ({"header": "location", "query": "none"}, ""),
        ({"member": "access_token"}, "t"),
        ({"member": "none"}, ""),
    ],
    ids=str,
)
def test_a_value_is_taken_from_a_header_its_query_or_a_member(source: dict[str, str], value: str) -> None:
    headers = (("Location", "http://localhost:1/callback?code=c%2F1&state=s"),)
    assert carried(Reached(302, headers, b'{"access_token":"t"}'), source) == value


def test_a_response_with_an_unexpected_status_is_reported_and_counted() -> None:
    lines: list[str] = []
    with ReplayServer([]) as standin:
        step = {**_step(standin, headers=[["Host", ""]]), "expect": {"status": 200}}
        assert run(_scenario(step), Client({}), lines.append) == 1
    assert lines == ["test: step: status 404, expected 200"]


def test_a_refused_connection_is_reported_as_a_missing_status() -> None:
    step = {**_step(host="127.0.0.1", scheme="http", port=1), "expect": {"status": 200}}
    lines: list[str] = []
    assert run(_scenario(step), Client({}), lines.append) == 1
    assert lines[0].startswith("test: step: status None, expected 200 ConnectionRefusedError")


@pytest.mark.parametrize(("content", "problem"), [("{", "not JSON"), ("{}", "not a scenario")], ids=["cut", "no steps"])
def test_a_file_that_is_not_a_scenario_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, problem: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    assert main([str(path)]) == 2
    assert problem in capsys.readouterr().err


def test_without_a_scenario_the_usage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: ")


@pytest.mark.parametrize("path", scenarios.packaged(), ids=lambda path: path.stem)
def test_a_packaged_scenario_expects_the_status_of_its_answers_and_contains_only_fake_credentials(path: Path) -> None:
    scenario = scenarios.load(path)
    exchanges = list(answers(scenario))
    assert [step["name"] for step in scenario["steps"]] == [exchange.id for exchange in exchanges]
    for step, exchange in zip(scenario["steps"], exchanges, strict=True):
        assert exchange.response is not None
        assert step["expect"]["status"] == exchange.response.status
    assert "FAKE" in json.dumps(scenario["variables"])
