"""Read-only folders, for tests that may run as root, which ignores file modes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path, place: Path) -> Iterator[Path]:
    """Mount the folder read-only at another place; skip the test if mounting is not possible."""
    place.mkdir()
    if subprocess.run(["mount", "--bind", folder, place], capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a read-only file system (mount needs root)")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def bound_by_modes(command: list[str]) -> list[str]:
    """Return the command with file modes enforced even for root; skip the test if that is not possible."""
    if os.geteuid() != 0:
        return command
    bound = ["setpriv", "--bounding-set=-dac_override"]
    try:
        subprocess.run([*bound, "true"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        pytest.skip(f"root ignores file modes, and setpriv cannot drop that capability ({fault})")
    return [*bound, *command]
