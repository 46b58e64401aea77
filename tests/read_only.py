"""Folders in which nothing may be written, for tests that may run as root, whom no mode stops."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path, place: Path) -> Iterator[Path]:
    """The folder at another place on a read-only file system; the test is skipped where nothing can be mounted."""
    place.mkdir()
    if subprocess.run(["mount", "--bind", folder, place], capture_output=True, check=False).returncode:
        pytest.skip("a read-only file system is needed, and nothing can be mounted here (mount needs root)")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def bound_by_modes(command: list[str]) -> list[str]:
    """The command, bound by the modes of files, which root is not; the test is skipped where that cannot be had."""
    if os.geteuid() != 0:
        return command
    bound = ["setpriv", "--bounding-set=-dac_override"]
    try:
        subprocess.run([*bound, "true"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        pytest.skip(f"modes do not bind root, and setpriv cannot change that here ({fault})")
    return [*bound, *command]
