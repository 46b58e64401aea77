"""A changelog of three versions of a client, and the report of a conversation."""

import json
from typing import Any

import pytest

from tests.exchanges import learned_library
from tests.pages.report_pages import Pages, flag_table_of
from tests.reported import conversation
from tests.versions import BODY, recorded
from wirelore.analysis.finding_groups import Outcome
from wirelore.evidence.collector import gather
from wirelore.model.routes import Routes
from wirelore.pages.changelog import Changelog, write
from wirelore.pages.markdown_report import pages
from wirelore.schema.claims import claims
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


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The pages of the report of a conversation."""
    library = learned_library(tmp_path_factory.mktemp("made") / "schemas", *conversation())
    evidence = gather([("made", conversation())])
    return pages(evidence, Outcome([], ["made"], 8), library, Routes.load(), claims(), flag_table_of(*conversation()))
