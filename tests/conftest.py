"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.leash import Leash
from tests.project import ROOT

# A machine under load is no fault of the property: no deadline. Derandomized, so that a run can be repeated.
settings.register_profile("wirelore", deadline=None, derandomize=True)
settings.load_profile("wirelore")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and vectors that lie outside the project; its tests are skipped where it is absent."""
    folder = Path(os.environ.get("WIRELORE_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no folder of shared recordings beside the project; name one in WIRELORE_SHARED")
    return folder


@pytest.fixture
def leash(tmp_path: Path) -> Iterator[Leash]:
    """Held until the test lets it go, or ends."""
    made = Leash(tmp_path / "leash")
    yield made
    made.close()
