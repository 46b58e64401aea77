"""Fixtures and settings for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.leash import Leash
from tests.project import ROOT

# No deadline, because a loaded machine must not fail a property. Derandomized, so that runs are reproducible.
settings.register_profile("wirelore", deadline=None, derandomize=True)
settings.load_profile("wirelore")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and vectors outside the project; tests that need it are skipped if it is missing."""
    folder = Path(os.environ.get("WIRELORE_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no folder of shared recordings beside the project; name one in WIRELORE_SHARED")
    return folder


@pytest.fixture
def leash(tmp_path: Path) -> Iterator[Leash]:
    """A leash that is closed at the end of the test."""
    leash = Leash(tmp_path / "leash")
    yield leash
    leash.close()
