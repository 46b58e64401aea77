"""Commands that check captures and learn from them: exit codes, formats, the files that learning writes."""

import json
from pathlib import Path

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter


def test_analyze_exits_with_1_at_or_above_the_level_and_0_below(tmp_path: Path) -> None:
    written(tmp_path / "odd", exchange(operation="POST /v1/dreams", answer={"a": 1}))
    assert run("analyze", tmp_path / "odd").exit_code == 0
    result = run("analyze", tmp_path / "odd", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "operations/unknown-operation" in result.output


def test_analyze_exits_with_2_if_a_part_cannot_be_read_and_reports_the_rest(tmp_path: Path) -> None:
    capture = written(tmp_path / "odd", exchange(operation="POST /v1/dreams"), exchange(operation="POST /v1/dreams"))
    (capture.folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    result = run("analyze", tmp_path / "odd", "--format", "json")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["exchanges"] == 1
    assert len(document["problems"]) == 1
    assert "not read: " in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
def test_the_same_capture_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    written(tmp_path / "odd", exchange({"new": 1}, operation="POST /v1/dreams"))
    first, second = (run("analyze", tmp_path / "odd", "--format", form).stdout for _ in range(2))
    assert first == second != ""


def test_what_was_learned_passes_and_learning_it_again_changes_nothing(tmp_path: Path) -> None:
    unknown = exchange(
        {"new": 1}, {"b": [1, "x"]}, operation="POST /v1/dreams", host="dreams.example", target="/v1/dreams?a=1"
    )
    written(tmp_path / "odd", unknown, exchange(events=[("flash", {"x": 1})], operation="POST /v1/dreams"))
    schemas = tmp_path / "schemas"
    assert run("analyze", tmp_path / "odd", "--fail-on", "warning").exit_code == 1
    result = run("learn", tmp_path / "odd", "--schemas", schemas)
    assert (result.exit_code, result.stderr.splitlines()[-1].endswith(f"changes in {schemas}")) == (0, True)
    assert "routes.json: new operation POST /v1/dreams at api.anthropic.com" in result.stdout
    assert run("analyze", tmp_path / "odd", "--schemas", schemas, "--fail-on", "warning").exit_code == 0
    bytes_before = {path: path.read_bytes() for path in schemas.rglob("*.json")}
    result = run("learn", tmp_path / "odd", "--schemas", schemas)
    assert (result.stdout, result.exit_code) == ("", 0)
    assert {path: path.read_bytes() for path in schemas.rglob("*.json")} == bytes_before


def test_the_installed_schemas_are_never_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "odd", exchange(operation="POST /v1/dreams"))
    monkeypatch.chdir(tmp_path)
    result = run("learn", tmp_path / "odd")
    assert result.exit_code == 2
    assert "name one with --schemas DIR" in result.output


def test_a_capture_that_is_being_recorded_is_analyzed_and_named_with_exit_code_2(tmp_path: Path) -> None:
    folder = tmp_path / "going-on"
    writer = CaptureWriter(folder, Redactor(b"k" * 32))
    writer.write(exchange())
    result = run("analyze", folder, "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["exchanges"] == 1
    assert f"not read: {folder / 'capture.json'}: the capture is incomplete: not closed;" in result.stderr
    assert "repaired" not in result.stderr
    writer.close()


def test_a_rule_of_differences_is_explained(tmp_path: Path) -> None:
    result = run("explain", "request-header-order")
    assert result.exit_code == 0
    assert result.stdout.startswith("request-header-order (cosmetic, client to server)\n\n")


def test_what_a_stand_in_answered_is_learned_on_request_alone_and_counted_on_stderr(tmp_path: Path) -> None:
    written(tmp_path / "odd", exchange({"new": 1}, {"b": 1}, operation="POST /v1/dreams", origin="stand-in"))
    result = run("learn", tmp_path / "odd", "--schemas", tmp_path / "schemas")
    assert (result.exit_code, "response" in result.stdout, "routes" in result.stdout) == (0, False, False)
    assert "request-bodies.json/operation: new value POST /v1/dreams\n" in result.stdout
    assert result.stderr.splitlines()[:2] == [
        "not learned: 1 response of a stand-in instead of the service; --include-stand-in includes them",
        "not entered in the route table, because only a stand-in answered: POST /v1/dreams",
    ]
    result = run("learn", tmp_path / "odd", "--schemas", tmp_path / "schemas", "--include-stand-in")
    assert "routes.json: new operation POST /v1/dreams at api.anthropic.com\n" in result.stdout
    assert "response-bodies.json/case: new value POST /v1/dreams 200\n" in result.stdout
    assert result.stderr.splitlines()[:-1] == []


def test_an_explanation_leaves_a_stand_in_s_answers_out_unless_they_are_included(tmp_path: Path) -> None:
    written(tmp_path / "odd", exchange({"new": 1}, {"b": 1}, origin="stand-in"))
    result = run("learn", tmp_path / "odd", "--explain", "response-bodies#/body/b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "response-bodies#/body/b: no observations in these captures" in result.stderr
    result = run("learn", tmp_path / "odd", "--explain", "response-bodies#/body/b", "--include-stand-in")
    assert (result.exit_code, result.stdout.startswith("response-bodies#/body/b  POST /v1/messages 200\n")) == (0, True)


def test_only_the_named_analyzers_learn_and_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    written(tmp_path / "odd", exchange({"new": 1}, {"b": 1}, operation="POST /v1/dreams"))
    only = ("--only", "parameters", "--only", "request-bodies")
    result = run("learn", tmp_path / "odd", "--schemas", tmp_path / "schemas", *only)
    assert {line.partition(".json")[0].partition("/")[0] for line in result.stdout.splitlines()} == {
        "parameters",
        "request-bodies",
    }
    result = run("learn", tmp_path / "odd", "--schemas", tmp_path / "schemas", "--only", "request-body")
    assert result.exit_code == 2
    expected = "unknown analyzer 'request-body'; did you mean 'request-bodies'? expected one of beta-"
    assert expected in result.stderr
