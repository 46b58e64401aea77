"""Limits on the size and kind of a capture's files."""

import os
from pathlib import Path

import pytest

from wirelore.store import bounded


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(b"12345")
    assert bounded.read(path, 5) == b"12345"
    with pytest.raises(bounded.Refused, match="5 bytes, expected at most 4"):
        bounded.read(path, 4)


def test_a_sparse_file_of_a_terabyte_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(bounded.Refused, match=f"{1 << 40} bytes, expected at most"):
        bounded.read(path)
    with pytest.raises(bounded.Refused, match=r"line 1 has more than 4194304 bytes"):
        list(bounded.lines(path))


def test_the_number_of_lines_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    path.write_bytes(b"a\nb")
    assert list(bounded.lines(path)) == [b"a\n", b"b"]
    path.write_bytes(b"\n" * (bounded.LINES_LIMIT + 1))
    with pytest.raises(bounded.Refused, match="more than 1000000 lines"):
        list(bounded.lines(path))


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(bounded.Refused, match="a symbolic link, which is not followed"):
        bounded.open_regular(tmp_path / "link")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(bounded.Refused, match="not a regular file"):
            bounded.open_regular(place)
    with pytest.raises(FileNotFoundError):
        bounded.open_regular(tmp_path / "missing")


def test_a_link_among_folders_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    assert bounded.first_link(tmp_path / "a", tmp_path / "b") == tmp_path / "b"
    assert bounded.first_link(tmp_path, tmp_path / "a") is None
