"""Verification: a line for each result, the counts at the end."""

import json
from pathlib import Path
from unittest.mock import ANY

import pytest

from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.redaction.audit.verification import Verification
from wirelore.redaction.keys import ONCE, id_of
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter


def test_several_captures_are_counted_together(tmp_path: Path) -> None:
    verification = Verification()
    for name in ("one", "two"):
        folder = written(tmp_path / name, exchange({"t": "ada@example.org"})).folder
        (folder / "notes.txt").touch(mode=0o600)
        (line,) = verification.lines(folder)
        assert line.startswith(f"broken\t{name}/notes.txt: belongs to no exchange; expected ")
    counts = "2 broken, 0 residue, 0 unexplained, 0 notes"
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


def test_an_unexplained_string_is_not_a_failure(tmp_path: Path) -> None:
    headers = [("content-type", "application/json"), ("content-encoding", "gzip")]
    folder = written(tmp_path / "gz", exchange(b"no gzip at all", headers=headers)).folder
    verification = Verification()
    assert [line.partition("\t")[0] for line in verification.lines(folder)] == ["unexplained"]
    assert not verification.failed


@pytest.mark.parametrize(
    ("key_id", "description"), [(id_of(b"x" * 32), "another key"), (ONCE, "a key that was not saved")]
)
def test_another_key_than_the_given_one_is_a_note(tmp_path: Path, key_id: str, description: str) -> None:
    CaptureWriter(tmp_path / "one", Redactor(b"x" * 32), key_id=key_id).close()
    (tmp_path / "one/index.jsonl").chmod(0o600)
    verification = Verification(b"k" * 32)
    expected = "expected the given key; the capture was checked without the key"
    assert list(verification.lines(tmp_path / "one")) == [
        f"note\tone/capture.json/redaction/key: {description}; {expected}"
    ]
    assert list(Verification(b"x" * 32).lines(tmp_path / "one")) == ([] if key_id != ONCE else [ANY])


def test_terminal_control_characters_are_escaped(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange()).folder
    (folder / "a\x1b[2Jb.txt").touch(mode=0o600)
    (line,) = Verification().lines(folder)
    assert "\x1b" not in line
    assert line.startswith("broken\tone/")
