"""The index: complete lines in order, also on a full disk, and a single writer."""

import errno
import fcntl
import hashlib
import os
from pathlib import Path

import pytest

from wirelore.store.index import Index, Locked


def test_lines_are_appended_and_hashed(tmp_path: Path) -> None:
    with Index(tmp_path / "index.jsonl", new=True) as index:
        index.append({"b": 1, "a": 2})
        index.append({"c": 3})
    content = (tmp_path / "index.jsonl").read_bytes()
    assert content == b'{"a":2,"b":1}\n{"c":3}\n'
    assert index.sha256 == hashlib.sha256(content).hexdigest()


def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with Index(tmp_path / "index.jsonl", new=True), pytest.raises(Locked):
        Index(tmp_path / "index.jsonl", new=False)
    Index(tmp_path / "index.jsonl", new=False).close()


def test_a_line_that_cannot_be_written_is_retried_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(tmp_path / "index.jsonl", new=True)
    index.append({"n": 1})
    real = os.pwrite

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", no_room)
    index.append({"n": 2})
    with pytest.raises(OSError, match="No space left"):
        index.drain()
    monkeypatch.setattr(os, "pwrite", real)
    index.append({"n": 3})
    index.close()
    assert (tmp_path / "index.jsonl").read_bytes() == b'{"n":1}\n{"n":2}\n{"n":3}\n'


def test_everything_after_the_kept_lines_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "index.jsonl").write_bytes(b'{"n":1}\n{"n":')
    with Index(tmp_path / "index.jsonl", new=False) as index:
        assert index.read() == b'{"n":1}\n{"n":'
        index.keep(b'{"n":1}\n')
        index.append({"n": 2})
    content = (tmp_path / "index.jsonl").read_bytes()
    assert content == b'{"n":1}\n{"n":2}\n'
    assert index.sha256 == hashlib.sha256(content).hexdigest()


def test_an_index_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / "index.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"index\.jsonl"):
        Index(tmp_path / "index.jsonl", new=True)
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_recording_works_on_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    Index(tmp_path / "index.jsonl", new=True).close()
