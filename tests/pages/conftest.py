"""A changelog of three versions of a client."""

import json
from typing import Any

import pytest

from tests.versions import BODY, recorded
from wirelore.pages.changelog import Changelog, write
from wirelore.schema.library import Library
from wirelore.store.writer import Capture


@pytest.fixture(scope="session")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Capture]:
    """Three versions of a client: the second sends a new flag, the third lacks a field that all had."""
    folder = tmp_path_factory.mktemp("matrix")
    old, new = {"flags": "one-2025-01-01"}, {"flags": "one-2025-01-01,two-2026-02-02"}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("2.0.9", old),
        ("2.0.10", new),
        ("2.1.0", {**new, "body": {"model": "made-2", "tools": BODY["tools"]}}),
    ]
    captures = [recorded(folder, version, repeat=repeat, **kind) for version, kind in kinds for repeat in (1, 2)]
    cell = {
        "client": "agent",
        "version": "2.0.9",
        "scenario": "pdf",
        "status": "not-supported",
        "reason": "no | option",
    }
    (folder / "matrix.json").write_text(json.dumps({"cells": [cell]}), "utf-8")
    return captures


@pytest.fixture(scope="session")
def written(captures: list[Capture], tmp_path_factory: pytest.TempPathFactory) -> Changelog:
    """The changelog of the three versions."""
    return write(captures, Library(), tmp_path_factory.mktemp("changelog"))
