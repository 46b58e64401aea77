"""A mitmdump for one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recorder.ground import Ground, one_server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Ground]:
    """A mitmdump for one test, with a server whose certificate it trusts."""
    with one_server(tmp_path) as ground:
        yield ground
