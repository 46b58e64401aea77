"""The front door: every command's manners, and the chain from import to OpenAPI."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

import click
import pytest
import yaml
from click.testing import CliRunner, Result

import wirelore
from captures import VERSION
from captures.redact import Redactor
from captures.store import Writer
from commands import recording
from schemas.library import writable
from tests.exchanges import exchange
from tests.project import modules
from tests.test_captures_store import written
from tests.versions import BODY, recorded

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(wirelore.main.commands)


def run(*arguments: str | Path) -> Result:
    """A command, run in this process."""
    return CliRunner().invoke(wirelore.main, [str(argument) for argument in arguments])


def test_the_commands_are_these() -> None:
    assert COMMANDS == [
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
    return any((param.metavar or "").startswith("CAPTURE") for param in wirelore.main.commands[name].params)


@pytest.mark.parametrize("name", ["list", *filter(_takes_a_capture, COMMANDS)])
def test_a_capture_of_a_newer_format_is_refused_by_every_command_with_the_remedy(tmp_path: Path, name: str) -> None:
    capture = written(tmp_path / "captures" / "newer", exchange())
    (capture.folder / "capture.json").write_text(json.dumps({**capture.manifest, "format": 2}))
    needed = [param for param in wirelore.main.commands[name].params if param.required and param.opts[0][0] == "-"]
    options = [part for param in needed for part in (param.opts[0], tmp_path / "out")]
    result = run(name, "--captures", tmp_path / "captures", *options, *([] if name == "list" else ["newer"]))
    assert result.exit_code == 2
    assert "capture.json: capture format 2, this version reads 1 to 1; update wirelore" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_a_sentence_what_is_printed_exit_codes_and_an_example(name: str) -> None:
    help_text = wirelore.main.commands[name].help or ""
    first = help_text.partition("\n\n")[0]
    assert first.endswith(".")
    assert first[0].isupper()
    assert "Print" in help_text
    assert f"Example: wirelore {name}" in help_text
    for parameter in wirelore.main.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help


def test_every_command_is_under_twenty_lines_of_code() -> None:
    bodies = [ast.parse(path.read_bytes()).body for path in modules("commands")]
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
        (["analyze", "nowhere"], "nowhere: no capture of this name"),
        (["explain", "beta-flags/nothing"], "beta-flags/nothing: no such rule; there are beta-flags/"),
        (["explain", "nothing"], "nothing: no such rule; there are beta-flags, "),
        (["diff", "nowhere", "schemas"], "schemas is a folder of schemas, nowhere is not; name captures twice"),
        (["diff", "nowhere", "elsewhere"], "nowhere: no capture of this name"),
        (["diff", "schemas", "schemas", "--accept", "pyproject.toml"], "pyproject.toml: no JSON ("),
        (["learn", "nowhere", "--schemas", "pyproject.toml"], "pyproject.toml"),
        (["analyze"], "CAPTURE"),
        (["analyze", "x", "--format", "pdf"], "pdf"),
        (["serve", "nowhere"], "nowhere: no capture"),
        (["import", "x.har", "--into", "../x"], "../x: not a name for a capture; give one without / and .."),
        (["learn", "x", "--only", "bogus"], "'bogus' is no analyzer; there are beta-flags, "),
        (["matrix", "--client", "claude@1", "--scenario", "bogus"], "bogus: no such scenario; there are "),
        (["matrix", "--client", "claude"], "expected claude@VERSION, or a command"),
        (["matrix", "--client", "a=sh", "--client", "a=ls"], "a: two clients of this name and version"),
        (["analyze", "x", "--schemas", "tests"], "tests: no folder of schemas; `wirelore learn"),
    ],
)
def test_what_could_not_run_is_one_line_and_exit_code_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_analyze_exits_with_1_at_or_above_the_level_and_0_below(tmp_path: Path) -> None:
    written(tmp_path / "odd", exchange(operation="POST /v1/dreams", answer={"a": 1}))
    assert run("analyze", tmp_path / "odd").exit_code == 0
    result = run("analyze", tmp_path / "odd", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "operations/unknown-operation" in result.output


def test_analyze_exits_with_2_if_a_part_cannot_be_read_and_reports_the_rest(tmp_path: Path) -> None:
    capture = written(tmp_path / "odd", exchange(operation="POST /v1/dreams"), exchange(operation="POST /v1/dreams"))
    (capture.folder / next(iter(capture.index()))["id"] / "exchange.json").write_text("{")
    result = CliRunner().invoke(wirelore.main, ["analyze", str(tmp_path / "odd"), "--format", "json"])
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["exchanges"] == 1
    assert len(document["problems"]) == 1
    assert "not read: " in result.stderr


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "junit"])
def test_the_same_capture_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    written(tmp_path / "odd", exchange({"new": 1}, operation="POST /v1/dreams"))
    first, second = (run("analyze", tmp_path / "odd", "--format", form).stdout for _ in range(2))
    assert first == second != ""


def test_what_was_learned_passes_and_learning_it_again_changes_nothing(tmp_path: Path) -> None:
    one = exchange(
        {"new": 1}, {"b": [1, "x"]}, operation="POST /v1/dreams", host="dreams.example", target="/v1/dreams?a=1"
    )
    written(tmp_path / "odd", one, exchange(events=[("flash", {"x": 1})], operation="POST /v1/dreams"))
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


def test_import_list_and_show(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(b'event: message_start\ndata: {"type":"message_start"}\n\n')
    key: list[str | Path] = ["--key", tmp_path / "key"]
    assert run("key", tmp_path / "key").exit_code == 0
    folder: list[str | Path] = ["--captures", tmp_path / "captures"]
    result = run("import", tmp_path / "a.sse", "--into", "one", *folder, *key)
    assert (result.exit_code, result.output.splitlines()[0]) == (
        0,
        f"imported 1 exchanges of 1 files into {tmp_path / 'captures' / 'one'}",
    )
    assert run("list", *folder).output == "one\t-\t1 exchanges\t0 aborted\t-\n"
    assert "POST /v1/messages" in run("show", "one", *folder).output
    assert "message_start: {" in run("show", "one", "1", *folder).output
    assert run("show", "one", "2", *folder).exit_code == 2
    assert run("import", tmp_path / "missing.har", "--into", "two", *folder, *key).exit_code == 2
    again = run("import", tmp_path / "a.sse", "--into", "one", *folder, *key)
    assert (again.exit_code, "holds a capture already" in again.output) == (2, True)


def test_openapi_and_report_are_written_from_a_capture(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"model": "m"}, {"type": "message"}))
    result = run("openapi", tmp_path / "one", "-o", tmp_path / "out" / "openapi.yaml")
    assert result.exit_code == 0
    document = yaml.safe_load((tmp_path / "out" / "openapi.yaml").read_text("utf-8"))
    assert document["openapi"].startswith("3.1")
    assert "/v1/messages" in document["paths"]
    result = run("report", tmp_path / "one", "-o", tmp_path / "pages")
    assert result.exit_code == 0
    assert {Path(line).name for line in result.stdout.splitlines()} >= {"README.md", "findings.md", "openapi.yaml"}


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, wirelore; print(sorted({'mitmproxy', 'pandas', 'jsonschema', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_ctrl_c_before_the_command_has_begun_is_130_and_not_the_code_of_findings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wirelore", "record", "--captures", str(tmp_path), "--name", "one", "--", "true"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("recording into")
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "stopped\n"
    assert process.returncode == 130


def test_what_the_recorder_could_not_write_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    recording._noted({"failed": 7})
    assert capsys.readouterr().err == "  exchange 7  could not be written\n"


@pytest.mark.parametrize(
    ("status", "path", "cause", "line"),
    [
        pytest.param(200, "/v1/messages", "complete", "  200 POST api.test/v1/messages  complete\n", id="answered"),
        pytest.param(None, "/", "connect-failed", "  --- POST api.test/  connect-failed\n", id="not answered"),
        pytest.param(200, "/\x1b[2J", "complete", "  200 POST api.test/\\x1b[2J  complete\n", id="for a terminal"),
    ],
)
def test_an_ended_exchange_is_told_with_status_method_and_address(
    status: int | None, path: str, cause: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"ended": "messages/one", "us": 5, "method": "POST", "host": "api.test"}
    recording._noted({**told, "cause": cause, "path": path, "status": status})
    assert capsys.readouterr().err == line


def test_record_refuses_a_name_that_is_taken_before_anything_starts(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange())
    result = run("record", "--captures", tmp_path, "--name", "one", "--", "true")
    expected = f"Error: {tmp_path / 'one'}: holds a capture already; choose another name\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", expected)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", "''"), (".", "."), ("..", ".."), ("../one", "../one"), ("a/b", "a/b"), ("/a", "/a"), ("a\\b", "a\\b")],
)
def test_record_refuses_a_name_that_is_a_path_or_empty(tmp_path: Path, name: str, shown: str) -> None:
    result = run("record", "--captures", tmp_path / "captures", "--name", name, "--", "true")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {shown}: not a name for a capture; ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["no-such-client", "./no-such-client"])
def test_record_names_a_command_that_does_not_exist_and_begins_no_capture(tmp_path: Path, command: str) -> None:
    result = run("record", "--captures", tmp_path / "captures", "--", command, "-p", "hello")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {command}: no such command; expected ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_capture_that_is_being_recorded_is_analyzed_and_named_with_exit_code_2(tmp_path: Path) -> None:
    folder = tmp_path / "going-on"
    writer = Writer(folder, Redactor(b"k" * 32))
    writer.write(exchange())
    result = run("analyze", folder, "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["exchanges"] == 1
    assert f"not read: {folder / 'capture.json'}: the capture is incomplete: it was not closed" in result.stderr
    assert "repaired" not in result.stderr
    writer.close()


@pytest.mark.parametrize(("command", "code"), [("list", 0), ("show", 0), ("verify", 0), ("analyze", 2), ("openapi", 2)])
def test_a_capture_whose_recorder_was_killed_is_repaired_by_the_next_command_which_says_so(
    tmp_path: Path, command: str, code: int
) -> None:
    folder = written(tmp_path / "cut", exchange()).folder
    manifest = json.loads((folder / "capture.json").read_text("utf-8"))
    (folder / "capture.json").write_text(json.dumps({**manifest, "status": "recording"}), "utf-8")
    result = run(command, "--captures", tmp_path) if command == "list" else run(command, folder)
    assert result.exit_code == code
    assert result.stderr.startswith(f"repaired {folder}: its recorder was killed; 1 exchanges are there, ")
    assert ("the capture is incomplete: recorder_lost: 1" in result.stderr) == (code == 2)
    assert "repaired" not in run("list", "--captures", tmp_path).stderr


def test_list_has_captures_one_folder_down_under_the_name_that_finds_them(tmp_path: Path) -> None:
    written(tmp_path / "demo-1" / "demo", exchange())
    written(tmp_path / "one", exchange())
    names = [line.split("\t")[0] for line in run("list", "--captures", tmp_path).output.splitlines()]
    assert names == ["demo-1/demo", "one"]
    assert all(run("show", name, "--captures", tmp_path).exit_code == 0 for name in names)


@pytest.mark.parametrize("pace", ["fast", "-1", "nan", "inf"])
def test_a_pace_that_is_none_is_refused_with_what_was_expected(tmp_path: Path, pace: str) -> None:
    written(tmp_path / "one", exchange())
    result = run("serve", tmp_path / "one", "--pace", pace)
    assert (result.exit_code, f"Error: pace '{pace}': expected `recorded`, `none`" in result.stderr) == (2, True)


def test_an_unknown_format_is_refused_before_a_capture_is_begun(tmp_path: Path) -> None:
    result = run("import", ROOT / "pyproject.toml", "--into", "one", "--format", "pdf", "--captures", tmp_path)
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


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


def test_list_names_a_capture_that_cannot_be_read_and_lists_the_others(tmp_path: Path) -> None:
    written(tmp_path / "a", exchange())
    (tmp_path / "a" / "capture.json").write_text('{"format": 99}', "utf-8")
    written(tmp_path / "b", exchange())
    result = run("list", "--captures", tmp_path)
    assert (result.exit_code, [line.split("\t")[0] for line in result.stdout.splitlines()]) == (2, ["b"])
    assert result.stderr.startswith(f"not read: {tmp_path / 'a' / 'capture.json'}: capture format 99")


def test_verify_says_of_a_whole_clean_capture_that_it_is_one(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"t": "ada@example.org"}))
    result = run("verify", "one", "--captures", tmp_path)
    counts = "0 broken, 0 residue, 0 unexplained, 0 note"
    assert (result.exit_code, result.output) == (0, f"1 captures: {counts}; 1 strings counted as replaced\n")


def test_verify_names_what_is_broken_and_what_is_left_and_never_shows_it(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange({"t": "plain"})).folder
    secret = "sk-ant-api03-" + "Zz9_" * 12
    (body,) = folder.rglob("request.body")
    body.write_bytes(f"of {secret}, Ada Lovelace".encode())
    (folder / f"{secret} Ada Lovelace").touch(mode=0o600)
    place = f"one/{body.relative_to(folder).as_posix()}"
    result = run("verify", folder, "--canary", "Ada Lovelace")
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in lines if place in line] == [
        f"broken\t{place}",
        f"residue\t{place} at 3",
        f"residue\t{place} at 66",
    ]
    assert lines[-1].startswith("1 captures: 2 broken, 2 residue, 0 unexplained, 0 note")
    assert ("Zz9_" in result.output, "Ada Lovelace" in result.output) == (False, False)
    lines = run("verify", folder, "--canary", "Ada Lovelace", "--format", "json").output.splitlines()
    assert [json.loads(line).get("level") for line in lines] == ["broken", "broken", "residue", "residue", None]
    assert "Zz9_" not in "".join(lines)


SSE = b'event: x\ndata: {"session_id":"fake-1"}\n\n'


@pytest.mark.parametrize("command", ["import", "redact"])
def test_a_key_is_a_team_s_or_for_once_and_never_made_by_a_typing_error(tmp_path: Path, command: str) -> None:
    (tmp_path / "a.sse").write_bytes(SSE)
    into: list[str | Path] = (
        ["--into", "one", "--captures", tmp_path] if command == "import" else ["-o", tmp_path / "b"]
    )
    missing = run(command, tmp_path / "a.sse", *into, "--key", tmp_path / "teem.key")
    assert (missing.exit_code, (tmp_path / "teem.key").exists()) == (2, False)
    assert run("key", tmp_path / "team.key").output == run("key", tmp_path / "team.key").output
    both = run(command, tmp_path / "a.sse", *into, "--key", tmp_path / "team.key", "--once")
    assert (both.exit_code, "give one of both" in both.output) == (2, True)
    assert run(command, tmp_path / "a.sse", *into, "--key", tmp_path / "team.key").exit_code == 0


def test_the_manifest_names_the_key_and_not_more(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(SSE)
    name = run("key", tmp_path / "team.key").output.strip()
    for into, options, expected in (("one", ["--key", tmp_path / "team.key"], name), ("two", ["--once"], "once")):
        assert run("import", tmp_path / "a.sse", "--into", into, "--captures", tmp_path, *options).exit_code == 0
        manifest = json.loads((tmp_path / into / "capture.json").read_bytes())
        assert manifest["redaction"] == {"key": expected, "policy": ANY, "replaced": {"id": 1}}
    assert run("verify", tmp_path / "one", "--key", tmp_path / "team.key").exit_code == 0
    noted = run("verify", tmp_path / "two", "--key", tmp_path / "team.key").output
    assert noted.startswith("note\ttwo/capture.json/redaction/key: a key for once; ")


def test_redact_tells_what_was_replaced_and_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(SSE)
    (tmp_path / "b.txt").write_bytes(b"of Ada")
    (tmp_path / "c.png").write_bytes(b"\0\0")
    files = [tmp_path / name for name in ("a.sse", "b.txt", "c.png")]
    result = run("redact", *files[:1], "-o", tmp_path / "new.sse", "--once")
    assert (result.exit_code, result.output) == (0, f"{tmp_path}/new.sse: a bare event stream, replaced: id 1\n")
    result = run("redact", *files[:2], "-o", tmp_path / "out", "--once", "--canary", "Ada")
    assert (result.exit_code, result.stdout.splitlines()[1:]) == (
        1,
        [
            f"{tmp_path}/out/b.txt: text, replaced: nothing",
            f"residue\t{tmp_path}/out/b.txt at 3: canary (3 bytes): canary 1",
        ],
    )
    result = run("redact", *files[1:], "-o", tmp_path / "out", "--once")
    assert (result.exit_code, result.stderr.startswith(f"not redacted: {tmp_path}/c.png: binary")) == (2, True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.sse", "b.txt"]


def test_verify_ends_with_2_if_it_cannot_judge(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange()).folder
    assert run("verify", "no-such", "--captures", tmp_path).exit_code == 2
    (tmp_path / "key").write_bytes(b"short")
    (tmp_path / "key").chmod(0o600)
    assert run("verify", folder, "--key", tmp_path / "key").exit_code == 2
    (folder / "capture.json").write_text('{"format": 99}', "utf-8")
    result = run("verify", folder)
    assert (result.exit_code, "capture format 99" in result.stderr) == (2, True)


def test_verify_gives_the_same_lines_twice(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange({"t": "plain"})).folder
    for body in folder.rglob("request.body"):
        body.write_bytes(b"of ada@example.org and bob@example.org")
    assert run("verify", folder).output == run("verify", folder).output


def test_receipt_copies_a_capture_and_says_where(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"system": "Kumquat7"}))
    result = run("receipt", "one", "-o", tmp_path / "out", "--captures", tmp_path, "--once")
    assert (result.exit_code, result.output) == (0, f"{tmp_path}/out: a receipt of 1 exchanges\n")
    assert run("verify", tmp_path / "out").exit_code == 0
    assert run("receipt", "one", "-o", tmp_path / "out", "--captures", tmp_path, "--once").exit_code == 2


def test_diff_exits_with_1_at_or_above_the_level_unless_all_is_accepted(tmp_path: Path) -> None:
    before = recorded(tmp_path, "2.0.9").folder
    after = recorded(tmp_path, "2.0.10", body={**BODY, "speed": "fast"}).folder
    assert run("diff", before, after).exit_code == 0
    result = run("diff", before, after, "--fail-on", "additive", "--accept-new", tmp_path / "new.json")
    assert result.exit_code == 1
    assert ' speed is new: "fast"\n' in result.stdout
    entries = json.loads((tmp_path / "new.json").read_text("utf-8"))
    refused = run("diff", before, after, "--accept", tmp_path / "new.json")
    assert (refused.exit_code, "entry 1: no reason" in refused.stderr) == (2, True)
    (tmp_path / "accept.json").write_text(json.dumps([{**one, "reason": "known"} for one in entries]), "utf-8")
    accepted = run("diff", before, after, "--fail-on", "any", "--accept", tmp_path / "accept.json")
    assert (accepted.exit_code, "no difference that is not accepted; 1 accepted" in accepted.stdout) == (0, True)
    stale = run("diff", before, before, "--fail-on", "any", "--accept", tmp_path / "accept.json")
    assert (stale.exit_code, "STALE ENTRIES OF THE ACCEPT FILE: 1" in stale.stdout) == (1, True)


def test_diff_exits_with_2_if_a_part_cannot_be_read_and_compares_the_rest(tmp_path: Path) -> None:
    folder = recorded(tmp_path, "2.0.9").folder
    (next(folder.rglob("exchange.json"))).write_text("{")
    result = run("diff", folder, folder, "--format", "json", "-o", tmp_path / "out" / "diff.json")
    assert (result.exit_code, "not read: " in result.stderr) == (2, True)
    assert len(json.loads((tmp_path / "out" / "diff.json").read_text("utf-8"))["problems"]) == 2


def test_changelog_prints_the_files_that_it_wrote(tmp_path: Path) -> None:
    for version in ("2.0.9", "2.0.10"):
        recorded(tmp_path / "matrix", version)
    result = run("changelog", tmp_path / "matrix", "-o", tmp_path / "log", "--format", "markdown")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        str(tmp_path / "log" / name) for name in ("README.md", "agent-2.0.9-to-2.0.10.md", "beta-flags.md")
    ]


def test_a_rule_of_differences_is_explained(tmp_path: Path) -> None:
    result = run("explain", "request-header-order")
    assert result.exit_code == 0
    assert result.stdout.startswith("request-header-order (cosmetic, client to server)\n\n")


def test_claims_weighs_captures_and_fails_only_on_what_it_is_told(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange(status=400))
    folder = writable(tmp_path / "schemas")
    for path in (folder / "claims").glob("*.json"):
        path.unlink()
    must = {"properties": {"status": {"const": 200}}, "required": ["status"]}
    stated = {"id": "G01", "area": "gateway", "claim": "Nothing ever fails.", "sources": ["S5"], "firmness": "reported"}
    check = {"speaker": "service", "when": True, "must": must}
    one = {**stated, "contradicts": [], "operations": [], "checks": [check]}
    head = {"format": 1, "area": "gateway", "title": "Our gateway", "sources": {"S5": "Our notes"}, "claims": [one]}
    (folder / "claims" / "gateway.json").write_text(json.dumps(head))
    chosen = ("--captures", tmp_path, "--schemas", folder)
    assert run("claims", *chosen).output.startswith("1 claim: 1 not observed\n0 exchanges of 0 captures\n")
    assert run("claims", "one", *chosen).output.startswith("1 claim: 1 contradicted\n")
    levels = ("none", "contradicted", "mixed")
    assert [run("claims", "one", *chosen, "--fail-on", level).exit_code for level in levels] == [0, 1, 1]
    assert run("claims", "one", *chosen, "--format", "json", "-o", tmp_path / "claims.json").exit_code == 0
    assert json.loads((tmp_path / "claims.json").read_text("utf-8"))["claims"][0]["verdict"] == "contradicted"
    (folder / "claims" / "gateway.json").write_text("{")
    assert run("claims", *chosen).exit_code == 2
