"""An import accounts for every file and entry."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from tests.peak import peak_mb
from wirelore.formats.importing import import_recordings
from wirelore.model.encodings import SPARE
from wirelore.model.exchange import Chunk
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture

STREAM = b'event: message_start\ndata: {"type":"message_start"}\n\n'


def test_imported_skipped_and_broken_files_are_all_named(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.sse").write_bytes(STREAM)
    (source / "LICENSE").write_text("no recording")
    pair = {"request": {"timestamp": 1.0, "method": "GET", "url": "https://api.anthropic.com/v1/models", "headers": {}}}
    (source / "log.jsonl").write_text(json.dumps({**pair, "response": None}) + "\nbroken\n")
    account = import_recordings([source, tmp_path / "missing.har"], tmp_path / "capture", Redactor(b"k" * 32))
    assert dict(account.exchanges) == {"sse": 1, "claude-trace": 1}
    assert [str(skipped.path.name) for skipped in account.skipped] == ["LICENSE"]
    assert [problem.file for problem in account.problems] == ["source/log.jsonl", "missing.har"]
    assert [line["host"] for line in Capture(tmp_path / "capture").index()] == ["api.anthropic.com"] * 2
    completeness = Capture(tmp_path / "capture").manifest["completeness"]
    assert completeness == {"recorded": 2, "aborted": 1, "not_imported": 2, "no_recording": 1}
    assert "not imported: missing.har" in str(account)


def test_nothing_imported_leaves_no_capture_behind(tmp_path: Path) -> None:
    account = import_recordings([tmp_path / "missing.har"], tmp_path / "capture", Redactor(b"k" * 32))
    assert str(account).startswith("nothing imported from 1 file; no capture created\n")
    assert not (tmp_path / "capture").exists()


@pytest.mark.slow
def test_every_public_recording_is_imported_or_named(tmp_path: Path, shared: Path) -> None:
    account = import_recordings([shared / "real"], tmp_path / "real", Redactor(b"k" * 32))
    assert dict(account.exchanges) == {"vcr": 738, "json": 41, "sse": 10}
    assert account.problems == []
    assert {skipped.path.name for skipped in account.skipped} == {"_LICENSE"}
    hosts = [line["host"] for line in Capture(tmp_path / "real").index()]
    assert len(hosts) == 789


def test_quotations_in_a_problem_are_redacted_and_printable(tmp_path: Path) -> None:
    token = "sk-ant-api03-" + "FAKE_" * 19
    har = {"log": {"entries": [{"request": {"url": f"\x1b[2J{token}"}}]}}
    (tmp_path / "a.har").write_text(json.dumps(har))
    account = import_recordings([tmp_path], tmp_path / "capture", Redactor(b"k" * 32))
    (problem,) = account.problems
    assert "FAKE_FAKE" not in str(account)
    assert "sk-ant-api03-" in problem.found
    assert all(line.isprintable() for line in str(account).splitlines())


def test_a_file_of_invalid_lines_has_at_most_a_thousand_problems(tmp_path: Path) -> None:
    line = json.dumps({"request": {"url": "https://a.example/"}, "response": None})
    (tmp_path / "log.jsonl").write_text(f"{line}\n" + "x\n" * 100_000 + f"{line}\n")
    account = import_recordings([tmp_path], tmp_path / "capture", Redactor(b"k" * 32))
    assert (dict(account.exchanges), len(account.problems)) == ({"claude-trace": 1}, 1001)
    assert account.problems[-1].found == "1000 problems"


_IMPORT = """
import sys
from pathlib import Path
from wirelore.formats.importing import import_recordings
from wirelore.redaction.redactor import Redactor
account = import_recordings([Path(sys.argv[1])], Path(sys.argv[2]), Redactor(b"k" * 32))
print(sorted(account.exchanges.items()))
for problem in account.problems:
    print(problem)
"""
_SPACES = gzip.compress(b" " * (16 << 20), mtime=0)


def _sparse(path: Path, *parts: bytes | int) -> None:
    """Create a file from bytes and from holes (given by size), which read as zeros and take no space."""
    with path.open("wb") as stream:
        for part in parts:
            if isinstance(part, int):
                stream.seek(part, 1)
            else:
                stream.write(part)


def _hostile(folder: Path) -> None:
    """Create files that would exhaust memory if they were read naively."""
    folder.mkdir()
    (folder / "bomb.har.gz").write_bytes(gzip.compress(b'{"log":{"entries":[', mtime=0) + _SPACES * 64)
    (folder / "bomb.yaml.gz").write_bytes(gzip.compress(b"interactions:\n", mtime=0) + _SPACES * 64)
    (folder / "deep.har").write_bytes(b'{"log":{"entries":[' + b'{"a":' * 1_000_000)
    (folder / "good.sse").write_bytes(STREAM)
    line = json.dumps({"request": {"url": "https://a.example/"}, "response": None}).encode()
    _sparse(folder / "line.jsonl", line, b"\n", 200 << 20, b"\n", line, b"\n")
    _sparse(folder / "some.flow", b"300000000:4:type;", 299_999_992, b"}}")
    _sparse(folder / "stream.sse", b"data: " + b"x" * (1 << 16), 300 << 20, b"\n\n")
    _sparse(folder / "text.yaml", b"interactions:\n- ", 300 << 20, b"\n")
    values = {"log": {"entries": [{"a": [0] * 1_000_001}, {"request": {"url": "https://a.example/"}}]}}
    (folder / "values.har").write_text(json.dumps(values))


@pytest.mark.slow
def test_hostile_files_are_reported_one_by_one_in_bounded_memory(tmp_path: Path) -> None:
    _hostile(tmp_path / "h")
    peak, output = peak_mb(_IMPORT, tmp_path / "h", tmp_path / "capture")
    exchanges, *problems = output.splitlines()
    assert exchanges == "[('claude-trace', 2), ('har', 1), ('sse', 1)]"
    grown = "more than 200 times as many"
    assert [problem.partition("; ")[0] for problem in problems] == [
        f"h/bomb.har.gz: cannot be read (65536 bytes decode to 67108883, {grown})",
        f"h/bomb.yaml.gz: cannot be read (65536 bytes decode to 67108878, {grown})",
        "h/deep.har: after entry 0: nested more than 10000 levels deep",
        "h/line.jsonl: line 2: more than 64 MiB",
        "h/some.flow: byte 0: a flow of more than 256 MiB",
        "h/stream.sse: more than 256 MiB",
        "h/text.yaml: more than 64 MiB",
        "h/values.har: entry 1: 1000003 values",
    ]
    assert peak < 600


def test_a_decompression_bomb_is_imported_up_to_a_limit(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(16 << 20), 1, mtime=0) * 30
    headers = [{"name": "content-encoding", "value": "gzip"}]
    data = {"text": base64.b64encode(bomb).decode(), "encoding": "base64"}
    request = {"method": "POST", "url": "https://a.example/", "headers": headers, "postData": data}
    (tmp_path / "bomb.har").write_text(json.dumps({"log": {"entries": [{"request": request}]}}))
    peak, _ = peak_mb(_IMPORT, tmp_path / "bomb.har", tmp_path / "capture")
    (exchange,) = Capture(tmp_path / "capture").exchanges()
    body = exchange.request.body
    content = body.read()
    assert body.undecoded is not None
    assert "more than 200 times as many (after " in body.undecoded
    assert body.undecoded.endswith(" decoded bytes; the rest is stored as sent if it is text, else as zeros)")
    assert (body.wire_size, body.chunks) == (len(bomb), (Chunk(0, len(content), 0),))
    assert content == bytes(len(content))
    assert SPARE <= len(content) < SPARE + (8 << 20)
    assert peak < 300
