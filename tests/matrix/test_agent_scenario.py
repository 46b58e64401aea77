"""Scenarios: the defaults of their members, and the errors of invalid ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from wirelore.matrix.agent_scenario import BadScenario, Scenario, load, located, packaged
from wirelore.matrix.matrix import tasks

_PLAIN: dict[str, Any] = {"about": "Hello.", "steps": [{"prompt": "Say hello."}]}


def scenario(folder: Path, **members: Any) -> Path:
    path = folder / "one.json"
    path.write_text(json.dumps({**_PLAIN, **members}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_scenario_is_valid_and_described_in_a_sentence(name: str) -> None:
    (task,) = tasks([name])
    assert task.name == name
    assert task.scenario.about.endswith(".")
    assert task.scenario.expect != ()


def test_the_defaults_are_an_api_key_and_no_telemetry(tmp_path: Path) -> None:
    loaded = load(scenario(tmp_path))
    assert loaded == Scenario(about="Hello.", steps=loaded.steps)
    assert (loaded.credentials, loaded.steps[0].exit) == ("api-key", (0,))
    assert loaded.variables == {"CLAUDE_CODE_MAX_RETRIES": "2", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def test_with_telemetry_no_variable_disables_it_and_the_scenario_s_variables_override(tmp_path: Path) -> None:
    loaded = load(scenario(tmp_path, telemetry=True, environment={"CLAUDE_CODE_MAX_RETRIES": "0", "A": "b"}))
    assert loaded.variables == {"CLAUDE_CODE_MAX_RETRIES": "0", "A": "b"}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param({"prompts": []}, "unknown field `prompts`", id="unknown-member"),
        pytest.param(
            {"steps": [{"prompt": 1}]}, "Expected `str | null`, got `int` - at `$.steps[0].prompt`", id="type"
        ),
        pytest.param({"steps": []}, "Expected at least one step - at `$.steps`", id="no-steps"),
        pytest.param({"credentials": "none"}, "Invalid enum value 'none' - at `$.credentials`", id="credentials"),
        pytest.param({"steps": [{"says": "("}]}, "at `$.steps[0].says`", id="regex-says"),
        pytest.param({"turns": [{"asked": "(", "answer": []}]}, "at `$.turns[0].asked`", id="regex-asked"),
        pytest.param({"unsupported": ["("]}, "at `$.unsupported[0]`", id="regex-unsupported"),
        pytest.param({"expect": [{"operation": "GET /", "request": "("}]}, "at `$.expect[0].request`", id="request"),
        pytest.param({"faults": ["POST /v1/messages=99"]}, "at `$.faults[0]`", id="fault"),
        pytest.param(
            {"files": {"a": {}}}, "Expected one of `json`, `text`, `base64` - at `$.files.a`", id="no-content"
        ),
        pytest.param(
            {"files": {"a": {"text": "{{x}}"}}}, "variable 'x' is not set; expected one of python", id="file-word"
        ),
        pytest.param({"files": {"a": {"base64": "x"}}}, "at `$.files.a`", id="file-base64"),
        pytest.param(
            {"answers": [{"operation": "GET /", "json": ["{{x}}"]}]}, "got 'x' - at `$.answers[0]`", id="answer-word"
        ),
        pytest.param({"files": {"../a": {"text": ""}}}, "Expected a path inside the working folder", id="file-outside"),
        pytest.param(
            {"steps": [{"prompt": "x", "terminal": {"send": []}}]}, "beside `terminal`", id="prompt-at-terminal"
        ),
        pytest.param(
            {"turns": [{"asked": "", "answer": [{"type": "image"}]}]},
            "Expected one of text, thinking, tool_use, got `image` - at `$.turns[0].answer[0]`",
            id="unknown-block",
        ),
        pytest.param(
            {"turns": [{"asked": "", "answer": [{"type": "text"}]}]}, "missing required field `text`", id="empty-block"
        ),
    ],
)
def test_an_invalid_scenario_is_refused_with_file_and_place(
    tmp_path: Path, members: dict[str, Any], message: str
) -> None:
    path = scenario(tmp_path, **members)
    with pytest.raises(BadScenario) as refused:
        tasks([str(path)])
    assert str(refused.value).startswith(f"{path}: ")
    assert message in str(refused.value)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text("{")
    with pytest.raises(BadScenario, match=r"one\.json: Input data was truncated"):
        load(path)


def test_an_unknown_name_is_refused_with_the_known_names() -> None:
    with pytest.raises(
        BadScenario,
        match=r"^bogus: unknown scenario; expected one of .*plain.*; a scenario of your own is a path to a JSON file",
    ):
        located("bogus")


def test_a_file_s_content_is_text_json_or_base64_with_placeholders_filled_in(tmp_path: Path) -> None:
    files = {"t": {"text": "at {{scenarios}}"}, "j": {"json": {"run": ["{{python}}"]}}, "b": {"base64": "AAEC"}}
    loaded = load(scenario(tmp_path, files=files)).files
    words = {"python": "/bin/python", "scenarios": "/folder"}
    assert {name: file.content(words) for name, file in loaded.items()} == {
        "t": b"at /folder",
        "j": b'{"run": ["/bin/python"]}',
        "b": b"\0\1\2",
    }
