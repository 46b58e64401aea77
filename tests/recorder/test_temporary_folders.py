"""Temporary folders: those of killed processes are removed at the next start, others are not."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.project import ROOT
from wirelore.recorder.temporary_folders import TemporaryFolder, remove_unused


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of temporary folders."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def folder_of_killed_process(place: Path) -> Path:
    """Return the folder of a process that was killed."""
    program = (
        "import time; from wirelore.recorder.temporary_folders import TemporaryFolder; "
        "t = TemporaryFolder('proxy'); print(t.folder, flush=True); "
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program + "time.sleep(60)"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)},
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert remove_unused() == [], "it is in use"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return folder


def test_a_folder_lasts_as_long_as_its_block(place: Path) -> None:
    with TemporaryFolder("proxy") as temporary:
        assert temporary.folder.parent == place
        assert temporary.folder.stat().st_mode & 0o777 == 0o700
    assert list(place.iterdir()) == []


def test_the_folder_of_a_killed_process_is_removed_at_the_next_start(place: Path) -> None:
    unused = folder_of_killed_process(place)
    assert unused.is_dir()
    with TemporaryFolder("ca") as temporary:
        assert list(place.iterdir()) == [temporary.folder]


def test_a_folder_that_a_child_uses_stays(place: Path) -> None:
    temporary = TemporaryFolder("proxy")
    child = subprocess.Popen(["sleep", "60"], pass_fds=[temporary.descriptor])
    os.close(temporary.descriptor)  # as if this process had been killed
    assert remove_unused() == []
    child.kill()
    child.wait()
    assert remove_unused() == [temporary.folder]


def test_other_folders_stay(place: Path) -> None:
    (place / "wirelore-proxy-unlocked").mkdir(mode=0o700)
    (place / "wirelore-file").write_bytes(b"")
    (place / "elsewhere").mkdir(mode=0o700)
    (place / "elsewhere" / "lock").write_bytes(b"")
    (place / "wirelore-link").symlink_to(place / "elsewhere")
    (place / "wirelore-open").mkdir(mode=0o755)
    (place / "wirelore-open" / "lock").write_bytes(b"")
    before = sorted(place.rglob("*"))
    assert remove_unused() == []
    assert sorted(place.rglob("*")) == before
