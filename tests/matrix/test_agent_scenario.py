"""The form of a scenario: what is read, and what is refused with its place."""

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
def test_a_packaged_scenario_can_be_run_and_says_in_a_sentence_what_is_to_be_seen(name: str) -> None:
    (task,) = tasks([name])
    assert task.name == name
    assert task.scenario.about.endswith(".")
    assert task.scenario.expect != ()


def test_what_is_not_said_is_a_plain_quiet_run_with_an_api_key(tmp_path: Path) -> None:
    read = load(scenario(tmp_path))
    assert read == Scenario(about="Hello.", steps=read.steps)
    assert (read.credentials, read.steps[0].exit) == ("api-key", (0,))
    assert read.variables == {"CLAUDE_CODE_MAX_RETRIES": "2", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def test_with_telemetry_nothing_is_silenced_and_the_scenario_has_the_last_word(tmp_path: Path) -> None:
    read = load(scenario(tmp_path, telemetry=True, environment={"CLAUDE_CODE_MAX_RETRIES": "0", "A": "b"}))
    assert read.variables == {"CLAUDE_CODE_MAX_RETRIES": "0", "A": "b"}


@pytest.mark.parametrize(
    ("members", "said"),
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
        pytest.param({"files": {"a": {"text": "{{x}}"}}}, "variable 'x' is not set; known are python", id="file-word"),
        pytest.param({"files": {"a": {"base64": "x"}}}, "at `$.files.a`", id="file-base64"),
        pytest.param(
            {"answers": [{"operation": "GET /", "json": ["{{x}}"]}]}, "got 'x' - at `$.answers[0]`", id="answer-word"
        ),
        pytest.param({"files": {"../a": {"text": ""}}}, "Expected a name below the work folder", id="file-outside"),
        pytest.param(
            {"steps": [{"prompt": "x", "terminal": {"send": []}}]}, "with a `terminal`", id="prompt-at-terminal"
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
def test_what_is_wrong_in_a_scenario_is_refused_with_file_and_place(
    tmp_path: Path, members: dict[str, Any], said: str
) -> None:
    path = scenario(tmp_path, **members)
    with pytest.raises(BadScenario) as refused:
        tasks([str(path)])
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)


def test_no_json_is_refused_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text("{")
    with pytest.raises(BadScenario, match=r"one\.json: Input data was truncated"):
        load(path)


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadScenario, match=r"^bogus: no such scenario; there are .*, or give a JSON file$"):
        located("bogus")


def test_a_file_s_content_is_text_json_or_base64_with_the_words_put_in(tmp_path: Path) -> None:
    files = {"t": {"text": "at {{scenarios}}"}, "j": {"json": {"run": ["{{python}}"]}}, "b": {"base64": "AAEC"}}
    read = load(scenario(tmp_path, files=files)).files
    words = {"python": "/bin/python", "scenarios": "/there"}
    assert {name: file.content(words) for name, file in read.items()} == {
        "t": b"at /there",
        "j": b'{"run": ["/bin/python"]}',
        "b": b"\0\1\2",
    }
