"""The group of commands: expected exceptions are one line and an exit code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.project import ROOT
from tests.store.test_writer import written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["analyze", "nowhere"], "nowhere: no such capture"),
        (["explain", "beta-flags/nothing"], "beta-flags/nothing: unknown rule; "),
        (["explain", "nothing"], "nothing: unknown rule; "),
        (["diff", "nowhere", "schemas"], "schemas is a folder of schemas, nowhere is not; name two captures or two"),
        (["diff", "nowhere", "elsewhere"], "nowhere: no such capture"),
        (["diff", "schemas", "schemas", "--accept", "pyproject.toml"], "pyproject.toml: not JSON ("),
        (["learn", "nowhere", "--schemas", "pyproject.toml"], "pyproject.toml"),
        (["analyze"], "CAPTURE"),
        (["analyze", "x", "--format", "pdf"], "pdf"),
        (["serve", "nowhere"], "nowhere: no such capture"),
        (["import", "x.har", "--into", "../x"], "../x: not a valid capture name; expected at most 200 bytes"),
        (["learn", "x", "--only", "bogus"], "unknown analyzer 'bogus'; expected one of beta-flags, "),
        (
            ["matrix", "--client", "claude@1", "--scenario", "bogus"],
            "bogus: unknown scenario; expected one of ",
        ),
        (["matrix", "--client", "claude"], "expected claude@VERSION, or a command"),
        (["matrix", "--client", "a=sh", "--client", "a=ls"], "a: two clients with this name and version"),
        (["analyze", "x", "--schemas", "tests"], "tests: not a folder of schemas; `wirelore learn"),
    ],
)
def test_what_could_not_run_is_one_line_and_exit_code_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_a_ctrl_c_before_the_command_has_begun_is_130_and_not_the_code_of_findings(tmp_path: Path) -> None:
    key = tmp_path / "key"
    os.mkfifo(key, 0o600)  # the recorder cannot start before it has read its key
    options = ["--captures", str(tmp_path), "--name", "one", "--key", str(key)]
    command = [sys.executable, "-m", "wirelore", "record", *options, "--", "touch", str(tmp_path / "begun")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        key.write_bytes(b"k" * 32)  # for the command, which checks the key first
        assert process.stderr.readline().startswith("recording into")
        with key.open("wb"):  # waits until the recorder reads
            process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "stopped\n"
    assert process.returncode == 130
    assert not (tmp_path / "begun").exists()


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path / f"n{number}", exchange())
    command = [sys.executable, "-m", "wirelore", "list", "--captures", str(tmp_path)]
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True) as process:
        os.close(writing)
        assert process.stderr is not None
        assert process.stderr.read() == ""
