"""Atomic writing of private files."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import ROOT
from wirelore.store.files import create, replace_content, write_at


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    with create(tmp_path / "one") as stream:
        stream.write(b"a")
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


def test_place_replaces_the_content_and_leaves_no_other_file(tmp_path: Path) -> None:
    replace_content(tmp_path / "one", b"before")
    replace_content(tmp_path / "one", b"after")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"one": b"after"}


def test_a_failed_place_keeps_the_old_content_and_leaves_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(OSError, match="one"):
        replace_content(tmp_path / "one", b"a")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_bytes_are_written_at_their_offset(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "one", os.O_RDWR | os.O_CREAT)
    write_at(descriptor, b"abcdef", 0)
    write_at(descriptor, b"XY", 2)
    assert os.pread(descriptor, 100, 0) == b"abXYef"
    os.close(descriptor)


SHORT_OF_ROOM = """
import os, resource, signal, sys
from wirelore.store.files import write_at
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
descriptor = os.open(sys.argv[1], os.O_RDWR)
try:
    write_at(descriptor, b"x" * 20, 5)
except OSError as fault:
    print(fault.strerror)
"""


def test_a_failed_write_keeps_the_size_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"there")
    process = subprocess.run(
        [sys.executable, "-c", SHORT_OF_ROOM, str(tmp_path / "one")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == "File too large\n"
    assert (tmp_path / "one").read_bytes() == b"there"
