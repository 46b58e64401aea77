"""Verification: a line for each thing found, the counts at the end."""

import json
from pathlib import Path

from captures.verification import Verification
from tests.exchanges import exchange
from tests.test_captures_store import written


def test_several_captures_are_counted_together(tmp_path: Path) -> None:
    verification = Verification()
    for name in ("one", "two"):
        folder = written(tmp_path / name, exchange({"t": "ada@example.org"})).folder
        (folder / "notes.txt").touch(mode=0o600)
        (line,) = verification.lines(folder)
        assert line.startswith(f"broken\t{name}/notes.txt: belongs to no exchange; expected ")
    counts = "2 broken, 0 residue, 0 unexplained, 0 note"
    assert verification.closing() == f"2 captures: {counts}; 2 strings counted as replaced"
    assert verification.failed


def test_as_json_each_line_is_a_document_and_the_last_has_the_counts(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange()).folder
    (folder / "notes.txt").touch(mode=0o600)
    verification = Verification()
    (line,) = verification.lines(folder, json=True)
    assert {key: json.loads(line)[key] for key in ("capture", "level", "place")} == {
        "capture": "one",
        "level": "broken",
        "place": "notes.txt",
    }
    assert json.loads(verification.closing(json=True)) == {
        "captures": 1,
        "broken": 1,
        "residue": 0,
        "unexplained": 0,
        "note": 0,
        "explained": 0,
        "hidden": 0,
    }


def test_what_is_unexplained_is_no_failure(tmp_path: Path) -> None:
    headers = [("content-type", "application/json"), ("content-encoding", "gzip")]
    folder = written(tmp_path / "gz", exchange(b"no gzip at all", headers=headers)).folder
    verification = Verification()
    assert [line.partition("\t")[0] for line in verification.lines(folder)] == ["unexplained"]
    assert not verification.failed
