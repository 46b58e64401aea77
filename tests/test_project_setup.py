"""The Python that `make` selects from those on PATH and in pyenv's folder."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.project import ROOT

TOOLS = ("bash", "cut", "dirname", "head", "ls", "sed", "sort", "tr")
REFUSES = "exit 1"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder `bin` with the commands that .ci/python needs, without the machine's Pythons."""
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def _python(path: Path, answer: str) -> Path:
    """Create a fake interpreter that prints its version, or fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{answer}\n")
    path.chmod(0o755)
    return path


def _chosen(machine: Path, kind: str) -> str:
    environment = {"PATH": str(machine / "bin"), "PYENV_ROOT": str(machine / "pyenv"), "HOME": str(machine)}
    command = [str(ROOT / ".ci" / "python"), kind]
    done = subprocess.run(
        [str(shutil.which("bash")), *command], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_the_newest_working_python_is_selected_wherever_it_is(machine: Path) -> None:
    _python(machine / "bin" / "python3.13", REFUSES)
    _python(machine / "bin" / "python3", "echo 3.11.2")
    newest = _python(machine / "pyenv" / "versions" / "3.13.10" / "bin" / "python3", "echo 3.13.10")
    _python(machine / "pyenv" / "versions" / "3.13.9" / "bin" / "python3", "echo 3.13.9")
    oldest = _python(machine / "pyenv" / "versions" / "3.11.7" / "bin" / "python3", "echo 3.11.7")
    assert [_chosen(machine, kind) for kind in ("locked", "newest", "oldest")] == [
        str(newest),
        str(newest),
        str(oldest),
    ]


def test_a_python_of_the_lock_is_preferred_to_a_newer_one(machine: Path) -> None:
    newer = _python(machine / "bin" / "python3.29", "echo 3.29.0")
    locked = _python(machine / "bin" / "python3.12", "echo 3.12.1")
    assert [_chosen(machine, kind) for kind in ("locked", "newest", "oldest")] == [str(locked), str(newer), ""]


def test_a_newer_python_than_those_of_the_lock_is_selected_if_it_is_the_only_one(machine: Path) -> None:
    newer = _python(machine / "bin" / "python3", "echo 3.29.0")
    assert [_chosen(machine, kind) for kind in ("locked", "newest", "oldest")] == [str(newer), str(newer), ""]


def test_nothing_is_printed_if_no_python_is_usable(machine: Path) -> None:
    _python(machine / "bin" / "python3", "")
    assert [_chosen(machine, kind) for kind in ("locked", "newest", "oldest")] == ["", "", ""]


def test_set_up_without_a_python_says_what_to_do() -> None:
    command = [str(ROOT / ".ci" / "environment"), "nowhere", "", "dev"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 1
    assert done.stderr.startswith("no Python 3.11 or later found that has venv, ensurepip, ssl and ctypes; install one")
