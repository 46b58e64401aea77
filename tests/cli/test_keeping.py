"""Commands on recordings: import, list, show, verify, redact, receipt, key."""

import json
from pathlib import Path
from unittest.mock import ANY

import pytest

from tests.command_line import run
from tests.exchanges import exchange
from tests.project import ROOT
from tests.store.test_writer import written

SSE = b'event: x\ndata: {"session_id":"fake-1"}\n\n'


def test_import_list_and_show(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(b'event: message_start\ndata: {"type":"message_start"}\n\n')
    key: list[str | Path] = ["--key", tmp_path / "key"]
    assert run("key", tmp_path / "key").exit_code == 0
    folder: list[str | Path] = ["--captures", tmp_path / "captures"]
    result = run("import", tmp_path / "a.sse", "--into", "one", *folder, *key)
    assert (result.exit_code, result.output.splitlines()[0]) == (
        0,
        f"imported 1 exchange from 1 file into {tmp_path / 'captures' / 'one'}",
    )
    assert run("list", *folder).output == "one\t-\t1 exchange\t0 aborted\t-\n"
    assert "POST /v1/messages" in run("show", "one", *folder).output
    assert "message_start: {" in run("show", "one", "1", *folder).output
    assert run("show", "one", "2", *folder).exit_code == 2
    assert run("import", tmp_path / "missing.har", "--into", "two", *folder, *key).exit_code == 2
    again = run("import", tmp_path / "a.sse", "--into", "one", *folder, *key)
    assert (again.exit_code, "already contains a capture" in again.output) == (2, True)


def test_list_has_captures_one_folder_down_under_the_name_that_finds_them(tmp_path: Path) -> None:
    written(tmp_path / "demo-1" / "demo", exchange())
    written(tmp_path / "one", exchange())
    names = [line.split("\t")[0] for line in run("list", "--captures", tmp_path).output.splitlines()]
    assert names == ["demo-1/demo", "one"]
    assert all(run("show", name, "--captures", tmp_path).exit_code == 0 for name in names)


def test_an_unknown_format_is_refused_before_a_capture_is_begun(tmp_path: Path) -> None:
    result = run("import", ROOT / "pyproject.toml", "--into", "one", "--format", "pdf", "--captures", tmp_path)
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_list_names_a_capture_that_cannot_be_read_and_lists_the_others(tmp_path: Path) -> None:
    written(tmp_path / "a", exchange())
    (tmp_path / "a" / "capture.json").write_text('{"format": 99}', "utf-8")
    written(tmp_path / "b", exchange())
    result = run("list", "--captures", tmp_path)
    assert (result.exit_code, [line.split("\t")[0] for line in result.stdout.splitlines()]) == (2, ["b"])
    assert result.stderr.startswith(f"not read: {tmp_path / 'a' / 'capture.json'}: capture format 99")


def test_verify_prints_only_counts_for_an_intact_capture_without_secrets(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"t": "ada@example.org"}))
    result = run("verify", "one", "--captures", tmp_path)
    counts = "0 broken, 0 residue, 0 unexplained, 0 notes"
    assert (result.exit_code, result.output) == (0, f"1 capture: {counts}; 1 string counted as replaced\n")


def test_verify_names_each_broken_file_and_each_secret_but_never_shows_the_secret(tmp_path: Path) -> None:
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
    assert lines[-1].startswith("1 capture: 2 broken, 2 residue, 0 unexplained, 0 notes")
    assert ("Zz9_" in result.output, "Ada Lovelace" in result.output) == (False, False)
    lines = run("verify", folder, "--canary", "Ada Lovelace", "--format", "json").output.splitlines()
    assert [json.loads(line).get("level") for line in lines] == ["broken", "broken", "residue", "residue", None]
    assert "Zz9_" not in "".join(lines)


def test_verify_exits_with_2_if_it_could_not_check(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("command", ["import", "redact"])
def test_a_key_file_must_exist_and_excludes_once(tmp_path: Path, command: str) -> None:
    (tmp_path / "a.sse").write_bytes(SSE)
    into: list[str | Path] = (
        ["--into", "one", "--captures", tmp_path] if command == "import" else ["-o", tmp_path / "b"]
    )
    missing = run(command, tmp_path / "a.sse", *into, "--key", tmp_path / "teem.key")
    assert (missing.exit_code, (tmp_path / "teem.key").exists()) == (2, False)
    assert run("key", tmp_path / "team.key").output == run("key", tmp_path / "team.key").output
    both = run(command, tmp_path / "a.sse", *into, "--key", tmp_path / "team.key", "--once")
    assert (both.exit_code, "exclude each other" in both.output) == (2, True)
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
    assert noted.startswith("note\ttwo/capture.json/redaction/key: a key that was not saved; ")


def test_redact_prints_replacements_and_remaining_secrets(tmp_path: Path) -> None:
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


def test_receipt_copies_a_capture_and_says_where(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"system": "Kumquat7"}))
    result = run("receipt", "one", "-o", tmp_path / "out", "--captures", tmp_path, "--once")
    assert (result.exit_code, result.output) == (0, f"{tmp_path}/out: receipt of 1 exchange\n")
    assert run("verify", tmp_path / "out").exit_code == 0
    assert run("receipt", "one", "-o", tmp_path / "out", "--captures", tmp_path, "--once").exit_code == 2
