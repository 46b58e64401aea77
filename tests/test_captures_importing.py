"""An import accounts for every file and entry."""

import json
from pathlib import Path

from captures.importing import bring
from captures.redact import Redactor
from captures.store import Capture

STREAM = b'event: message_start\ndata: {"type":"message_start"}\n\n'


def test_what_is_imported_what_is_none_and_what_is_broken_are_all_named(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.sse").write_bytes(STREAM)
    (source / "LICENSE").write_text("no recording")
    pair = {"request": {"timestamp": 1.0, "method": "GET", "url": "https://api.anthropic.com/v1/models", "headers": {}}}
    (source / "log.jsonl").write_text(json.dumps({**pair, "response": None}) + "\nbroken\n")
    account = bring([source, tmp_path / "missing.har"], tmp_path / "capture", Redactor(b"k" * 32))
    assert dict(account.exchanges) == {"sse": 1, "claude-trace": 1}
    assert [str(skipped.path.name) for skipped in account.skipped] == ["LICENSE"]
    assert [problem.file for problem in account.problems] == ["source/log.jsonl", "missing.har"]
    assert [line["host"] for line in Capture(tmp_path / "capture").index()] == ["api.anthropic.com"] * 2
    done = Capture(tmp_path / "capture").manifest["completeness"]
    assert done == {"recorded": 2, "aborted": 1, "not_imported": 2, "no_recording": 1}
    assert "not imported: missing.har" in str(account)


def test_nothing_imported_leaves_no_capture_behind(tmp_path: Path) -> None:
    account = bring([tmp_path / "missing.har"], tmp_path / "capture", Redactor(b"k" * 32))
    assert str(account).startswith("imported 0 exchanges of 1 files and made no capture\n")
    assert not (tmp_path / "capture").exists()


def test_every_public_recording_is_imported_or_named(tmp_path: Path, shared: Path) -> None:
    account = bring([shared / "real"], tmp_path / "real", Redactor(b"k" * 32))
    assert dict(account.exchanges) == {"vcr": 738, "json": 41, "sse": 10}
    assert account.problems == []
    assert {skipped.path.name for skipped in account.skipped} == {"_LICENSE"}
    hosts = [line["host"] for line in Capture(tmp_path / "real").index()]
    assert len(hosts) == 789
