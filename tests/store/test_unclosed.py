"""State of captures that are not closed."""

import os
from pathlib import Path

from tests.read_only import read_only
from wirelore.store.index import Index
from wirelore.store.unclosed import is_being_recorded, may_write, reason


def test_an_index_is_recorded_as_long_as_its_writer_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    with Index(path, new=True):
        assert is_being_recorded(path)
        assert reason(tmp_path, path) == "not closed; its recorder is still running"
    assert not is_being_recorded(path)
    assert reason(tmp_path, path) == "not closed; its recorder was killed and it has not been repaired"


def test_checking_does_not_keep_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    Index(path, new=True).close()
    assert not is_being_recorded(path)
    with Index(path, new=False):
        assert is_being_recorded(path)


def test_a_missing_index_and_a_pipe_are_not_recorded(tmp_path: Path) -> None:
    assert not is_being_recorded(tmp_path / "index.jsonl")
    os.mkfifo(tmp_path / "pipe")
    assert not is_being_recorded(tmp_path / "pipe")


def test_a_read_only_folder_is_not_writable_and_the_remedy_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    Index(folder / "index.jsonl", new=True).close()
    assert may_write(folder)
    with read_only(folder, tmp_path / "disk") as disk:
        assert not may_write(disk)
        text = reason(disk, disk / "index.jsonl")
    assert text.endswith("its folder is not writable; copy it to a writable folder and read the copy")
