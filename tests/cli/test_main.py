"""Behaviour that all commands share: help, exit codes, errors of one line."""

import ast
import json
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


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, wirelore; print(sorted({'mitmproxy', 'pandas', 'jsonschema'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


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
