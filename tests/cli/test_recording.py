"""The command that records: its progress lines, and the errors that it raises before anything starts."""

from pathlib import Path

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.cli import recording
from wirelore.matrix.sampling import UnexpectedResult


def test_an_exchange_that_could_not_be_written_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    recording._print_progress({"failed": 7})
    assert capsys.readouterr().err == "  exchange 7  could not be written\n"


@pytest.mark.parametrize(
    ("status", "path", "cause", "line"),
    [
        pytest.param(200, "/v1/messages", "complete", "  200 POST api.test/v1/messages  complete\n", id="answered"),
        pytest.param(None, "/", "connect-failed", "  --- POST api.test/  connect-failed\n", id="not answered"),
        pytest.param(200, "/\x1b[2J", "complete", "  200 POST api.test/\\x1b[2J  complete\n", id="for a terminal"),
    ],
)
def test_an_ended_exchange_is_reported_with_status_method_and_address(
    status: int | None, path: str, cause: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line_of_index = {"ended": "messages/one", "us": 5, "method": "POST", "host": "api.test"}
    recording._print_progress({**line_of_index, "cause": cause, "path": path, "status": status})
    assert capsys.readouterr().err == line


def test_record_refuses_a_name_that_is_taken_before_anything_starts(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange())
    result = run("record", "--captures", tmp_path, "--name", "one", "--", "true")
    expected = f"Error: {tmp_path / 'one'}: already contains a capture; choose another name\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


@pytest.mark.parametrize(
    ("name", "printed"),
    [("", "''"), (".", "."), ("..", ".."), ("../one", "../one"), ("a/b", "a/b"), ("/a", "/a"), ("a\\b", "a\\b")],
)
def test_record_refuses_a_name_that_is_a_path_or_empty(tmp_path: Path, name: str, printed: str) -> None:
    result = run("record", "--captures", tmp_path / "captures", "--name", name, "--", "true")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {printed}: not a valid capture name; ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["no-such-client", "./no-such-client"])
def test_record_names_a_command_that_does_not_exist_and_begins_no_capture(tmp_path: Path, command: str) -> None:
    result = run("record", "--captures", tmp_path / "captures", "--", command, "-p", "hello")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {command}: no such command; expected ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_demo_whose_recording_failed_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, progress: object) -> Path:
        raise UnexpectedResult(f"{folder}: the sample client exited with 1; incomplete")

    monkeypatch.setattr("wirelore.matrix.demo.record_demo", fail)
    result = run("demo", "--captures", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith(f"Error: {tmp_path}/demo-")
    assert result.stderr.endswith(": the sample client exited with 1; incomplete\n")
