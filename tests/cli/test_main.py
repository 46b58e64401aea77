"""Behaviour that all commands share: help, exit codes, errors of one line."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.project import ROOT, modules
from tests.store.test_writer import written
from wirelore.cli.main import main
from wirelore.model.version import VERSION

COMMANDS = sorted(main.commands)


def test_the_commands_are_these() -> None:
    assert COMMANDS == [
        "addon",
        "analyze",
        "changelog",
        "claims",
        "demo",
        "diff",
        "explain",
        "import",
        "key",
        "learn",
        "list",
        "matrix",
        "openapi",
        "receipt",
        "record",
        "redact",
        "report",
        "serve",
        "show",
        "verify",
    ]


def _takes_a_capture(name: str) -> bool:
    return any((param.metavar or "").startswith("CAPTURE") for param in main.commands[name].params)


@pytest.mark.parametrize("name", ["list", *filter(_takes_a_capture, COMMANDS)])
def test_a_capture_of_a_newer_format_is_refused_by_every_command_with_the_remedy(tmp_path: Path, name: str) -> None:
    capture = written(tmp_path / "captures" / "newer", exchange())
    (capture.folder / "capture.json").write_text(json.dumps({**capture.manifest, "format": 2}))
    needed = [param for param in main.commands[name].params if param.required and param.opts[0][0] == "-"]
    options = [part for param in needed for part in (param.opts[0], tmp_path / "out")]
    result = run(name, "--captures", tmp_path / "captures", *options, *([] if name == "list" else ["newer"]))
    assert result.exit_code == 2
    assert "capture.json: capture format 2, this version reads 1 to 1; update wirelore" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_a_sentence_what_is_printed_exit_codes_and_an_example(name: str) -> None:
    help_text = main.commands[name].help or ""
    first = help_text.partition("\n\n")[0]
    assert first.endswith(".")
    assert first[0].isupper()
    assert "Print" in help_text
    assert f"Example: wirelore {name}" in help_text
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help


def test_every_command_is_under_twenty_lines_of_code() -> None:
    bodies = [ast.parse(path.read_bytes()).body for path in modules("wirelore.cli")]
    functions = [node for body in bodies for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    lengths = {
        node.name: (node.end_lineno or 0) - (node.body[1].lineno if ast.get_docstring(node) else node.lineno)
        for node in functions
        if len(node.body) > 1
    }
    assert {name: length for name, length in lengths.items() if length >= 20} == {}


def test_the_version_is_that_of_the_project() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'version = "{VERSION}"' in text


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


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, wirelore; print(sorted({'mitmproxy', 'pandas', 'jsonschema'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


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


@pytest.mark.parametrize(("command", "code"), [("list", 0), ("show", 0), ("verify", 0), ("analyze", 2), ("openapi", 2)])
def test_a_capture_whose_recorder_was_killed_is_repaired_by_the_next_command_which_says_so(
    tmp_path: Path, command: str, code: int
) -> None:
    folder = written(tmp_path / "cut", exchange()).folder
    manifest = json.loads((folder / "capture.json").read_text("utf-8"))
    (folder / "capture.json").write_text(json.dumps({**manifest, "status": "recording"}), "utf-8")
    result = run(command, "--captures", tmp_path) if command == "list" else run(command, folder)
    assert result.exit_code == code
    assert result.stderr.startswith(f"repaired {folder}: its recorder was killed; 1 exchange present, ")
    assert ("the capture is incomplete: recorder_lost: 1" in result.stderr) == (code == 2)
    assert "repaired" not in run("list", "--captures", tmp_path).stderr


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
