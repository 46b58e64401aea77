"""A matrix with three versions and two runs of each scenario; WIRELORE_MATRIX names a folder that keeps it.

With WIRELORE_MATRIX_SHORT it is a matrix with the newest of these versions and one run of each scenario.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import npm
from wirelore.matrix import real_cli

SHORT = bool(os.environ.get("WIRELORE_MATRIX_SHORT"))
VERSIONS = ("2.1.329",) if SHORT else ("2.0.56", "2.1.112", "2.1.329")
REPEATS = (1,) if SHORT else (1, 2)
NEEDS_ALL = pytest.mark.skipif(SHORT, reason="needs three versions and two runs; make test-matrix has them")


def command(folder: Path, *arguments: str, versions: Sequence[str] = VERSIONS) -> list[str]:
    """Return the command line of a matrix in a folder."""
    clients = [part for version in versions for part in ("--client", f"claude@{version}")]
    repeat = f"--repeat={REPEATS[-1]}"
    return [sys.executable, "-m", "wirelore", "matrix", *clients, "--into", str(folder), repeat, *arguments]


def ran(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a matrix in a folder, and return the completed process."""
    return subprocess.run(
        command(folder, *arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session", autouse=True)
def versions() -> None:
    """Skip the tests if a version is not in the cache and npm is not reachable."""
    for version in VERSIONS:
        if not real_cli.installed(version, real_cli.default_cache()) and (
            reason := npm.unreachable(real_cli.PACKAGE, version)
        ):
            pytest.skip(f"CLI {version} is not in {real_cli.default_cache()}, and npm is not reachable: {reason}")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the matrix."""
    return Path(os.environ.get("WIRELORE_MATRIX") or tmp_path_factory.mktemp("matrix") / "made")


@pytest.fixture(scope="session")
def done(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The completed matrix of all scenarios."""
    return ran(folder)
