"""Folders of schemas that other distributions and users add."""

from pathlib import Path

import pytest

from wirelore.schema import added


def test_folders_are_kept_once_each_in_the_order_of_addition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(added, "_folders", [])
    for name in ("b", "a", "b"):
        added.add(Path(name))
    assert added.folders() == (Path("b"), Path("a"))
