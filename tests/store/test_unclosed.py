"""Whether a capture that is not closed is still recorded, and whether it can be repaired where it is."""

import os
from pathlib import Path

from tests.read_only import read_only
from wirelore.store.index import Index
from wirelore.store.unclosed import is_recorded, may_write, reason


def test_an_index_is_recorded_as_long_as_its_writer_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    with Index(path, new=True):
        assert is_recorded(path)
        assert reason(tmp_path, path) == "it was not closed: its recorder is still at work"
    assert not is_recorded(path)
    assert reason(tmp_path, path) == "it was not closed: its recorder was killed, and it was not repaired"


def test_asking_takes_no_lock_that_lasts(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    Index(path, new=True).close()
    assert not is_recorded(path)
    with Index(path, new=False):
        assert is_recorded(path)


def test_a_missing_index_and_one_that_is_no_file_are_not_recorded(tmp_path: Path) -> None:
    assert not is_recorded(tmp_path / "index.jsonl")
    os.mkfifo(tmp_path / "pipe")
    assert not is_recorded(tmp_path / "pipe")


def test_a_read_only_file_system_may_not_be_written_and_the_remedy_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    Index(folder / "index.jsonl", new=True).close()
    assert may_write(folder)
    with read_only(folder, tmp_path / "disk") as disk:
        assert not may_write(disk)
        text = reason(disk, disk / "index.jsonl")
    assert text.endswith("nothing may be written; copy it to a folder that you may write to, and read the copy")
