"""The key: created once, private, complete."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import ROOT
from wirelore.redaction import keys


def test_the_key_is_created_on_first_use_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "redaction.key"
    first = keys.load(path)
    assert (len(first), keys.load(path)) == (keys.SIZE, first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["redaction.key"]


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "redaction.key"
    code = (
        f"import sys, pathlib; from wirelore.redaction import keys; print(keys.load(pathlib.Path({str(path)!r})).hex())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(6)
    ]
    assert len({process.communicate()[0] for process in started}) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["redaction.key"]


def test_the_default_place_is_the_user_s_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert keys.default_path() == tmp_path / "wirelore" / "redaction.key"
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keys.default_path() == tmp_path / ".local" / "share" / "wirelore" / "redaction.key"


def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "redaction.key"
    keys.load(path)
    path.chmod(0o644)
    with pytest.raises(PermissionError, match=r"mode 0644.*chmod 600"):
        keys.load(path)


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "redaction.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(ValueError, match="5 bytes, expected 32"):
        keys.load(path)


def test_different_keys_have_different_ids() -> None:
    assert keys.id_of(b"k" * 32) == keys.id_of(b"k" * 32) == "dce80344"
    assert keys.id_of(b"x" * 32) != keys.id_of(b"k" * 32)


def test_a_temporary_key_is_new_every_time_and_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    first, second = keys.select(once=True), keys.select(once=True)
    assert (first.id, second.id, len(first.secret), first.secret == second.secret) == (
        keys.ONCE,
        keys.ONCE,
        keys.SIZE,
        False,
    )
    assert list(tmp_path.iterdir()) == []


def test_without_a_file_the_key_is_the_user_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    key = keys.select()
    assert key == (keys.load(keys.default_path()), keys.id_of(key.secret))
