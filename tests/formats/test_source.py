"""The bytes of a recording's file, compressed or not."""

import gzip
from pathlib import Path

import pytest

from wirelore.formats.source import CUT, opened

TEXT = bytes(range(256)) * 500


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT, id="plain"),
        pytest.param(gzip.compress(TEXT), id="gzip"),
        pytest.param(gzip.compress(TEXT[:70_000]) + gzip.compress(TEXT[70_000:]), id="gzip in two members"),
        pytest.param(b"\xef\xbb\xbf" + TEXT, id="byte order mark"),
        pytest.param(gzip.compress(b"\xef\xbb\xbf" + TEXT), id="byte order mark in gzip"),
    ],
)
def test_the_bytes_are_the_same_however_the_file_holds_them(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.har"
    path.write_bytes(content)
    with opened(path) as stream:
        assert stream.read() == TEXT


def test_a_truncated_gzip_file_gives_its_earlier_bytes_and_then_an_error(tmp_path: Path) -> None:
    path = tmp_path / "some.har"
    path.write_bytes(gzip.compress(TEXT)[:-9])
    blocks: list[bytes] = []
    with opened(path) as stream, pytest.raises(CUT):
        blocks.extend(iter(lambda: stream.read1(1 << 12), b""))
    assert blocks
    assert TEXT.startswith(b"".join(blocks))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "missing.har")
