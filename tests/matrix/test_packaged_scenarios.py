"""Rules for all packaged scenarios of the matrix, and the page that lists them."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.project import ROOT
from wirelore.matrix.agent_answers import check
from wirelore.matrix.agent_scenario import PACKAGED, Expectation, Scenario, Step, load, packaged
from wirelore.matrix.identity import words
from wirelore.model.routes import packaged as routes
from wirelore.replayer.faults import fault

every_scenario = pytest.mark.parametrize("name", packaged())
_STATUSES = {400, 401, 403, 404, 413, 429, 500, 529}
_MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".pdf": b"%PDF-"}


def _scenario(name: str) -> Scenario:
    return load(PACKAGED / f"{name}.json")


def _prompts(step: Step) -> list[str]:
    """Return the prompts of a step, from its argument and its standard input."""
    typed = [json.loads(line)["message"]["content"][0]["text"] for line in (step.input or "").splitlines()]
    return [*([] if step.prompt is None else [step.prompt]), *typed]


def _operations(expectation: Expectation) -> tuple[str, ...]:
    operation = expectation.operation
    return (operation,) if isinstance(operation, str) else operation


@every_scenario
def test_a_scenario_s_name_is_kebab_case_and_its_answers_have_known_forms(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    check(_scenario(name), PACKAGED / f"{name}.json", words())


@every_scenario
def test_a_scenario_is_about_one_sentence(name: str) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]*[.]", _scenario(name).about)


def test_no_two_scenarios_are_about_the_same() -> None:
    abouts = [_scenario(name).about for name in packaged()]
    assert sorted(set(abouts)) == sorted(abouts)


@every_scenario
def test_a_scenario_expects_at_least_one_exchange_by_the_names_that_a_recorder_gives(name: str) -> None:
    expected = _scenario(name).expect
    assert any(wanted.at_least > 0 for wanted in expected)
    for operation in (each for wanted in expected for each in _operations(wanted)):
        method, _, path = operation.partition(" ")
        assert routes().operation(method, path)[0] == operation


@every_scenario
def test_a_scenario_expects_the_status_of_each_of_its_faults(name: str) -> None:
    """Only an exchange with the status proves that the client received the fault."""
    scenario = _scenario(name)
    injected = {(each.operation, each.status) for each in map(fault, scenario.faults) if each.status is not None}
    expected = {(operation, wanted.status) for wanted in scenario.expect for operation in _operations(wanted)}
    assert injected <= expected


@every_scenario
def test_every_prompt_of_a_scenario_is_answered_by_one_of_its_turns(name: str) -> None:
    scenario = _scenario(name)
    prompts = [text for step in scenario.steps for text in _prompts(step)]
    assert [text for text in prompts if not any(re.search(turn.asked, text) for turn in scenario.turns)] == []
    assert all(len(text) <= 60 for text in prompts)


@every_scenario
def test_the_files_of_a_scenario_have_the_type_of_their_suffix(name: str) -> None:
    scenario = _scenario(name)
    kinds = {file: _MAGIC[suffix] for file in scenario.files if (suffix := f".{file.rpartition('.')[2]}") in _MAGIC}
    assert {file: scenario.files[file].content({})[: len(magic)] for file, magic in kinds.items()} == kinds


def test_every_file_that_a_scenario_names_exists() -> None:
    texts = (path.read_text(encoding="utf-8") for path in PACKAGED.glob("*.json"))
    names = {name for text in texts for name in re.findall(r"\{\{scenarios\}\}/([A-Za-z0-9_.-]+)", text)}
    assert names == {path.name for path in PACKAGED.iterdir() if path.suffix == ".py"}


@pytest.mark.parametrize("status", sorted(_STATUSES))
def test_each_status_has_a_scenario_for_one_fault_and_for_all(status: int) -> None:
    once, always = (_scenario(f"error-{status}-{times}").faults for times in ("once", "always"))
    assert [(fault(text).status, fault(text).times) for text in (*once, *always)] == [(status, 1), (status, 99)]


def test_no_two_turns_of_a_scenario_have_the_same_pattern() -> None:
    """Turns are tried in order, so the second of two equal patterns would never match."""
    for name in packaged():
        patterns = [turn.asked for turn in _scenario(name).turns]
        assert len(set(patterns)) == len(patterns), name


def test_the_mcp_server_lists_its_tool_and_turns_a_text_around() -> None:
    requests: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
        {"id": 3, "method": "tools/call", "params": {"name": "reverse", "arguments": {"text": "olleh"}}},
        {"id": 4, "method": "resources/list"},
    ]
    lines = "".join(json.dumps({"jsonrpc": "2.0", **each}) + "\n" for each in requests)
    done = subprocess.run(
        [sys.executable, str(PACKAGED / "mirror.py")], input=lines, capture_output=True, text=True, check=True
    )
    responses = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["id"] for each in responses] == [1, 2, 3, 4]
    assert responses[0]["result"]["protocolVersion"] == "2025-06-18"
    assert [tool["name"] for tool in responses[1]["result"]["tools"]] == ["reverse"]
    assert responses[2]["result"] == {"content": [{"type": "text", "text": "hello"}]}
    assert responses[3]["error"]["code"] == -32601


def test_the_page_lists_every_scenario_with_what_it_is_about() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", page, re.MULTILINE)
    assert sorted(rows) == [(name, _scenario(name).about) for name in packaged()]
