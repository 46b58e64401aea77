"""The runs of a matrix on disk: whether one is current, and which formats are read."""

import json
from pathlib import Path

import pytest

from tests.matrix.agent_runs import AGENT, COMMON, SCENARIOS, Done, run
from wirelore.matrix.agent_client import parsed
from wirelore.matrix.matrix import Matrix, tasks
from wirelore.matrix.matrix_cells import RESULT, Cell

pytestmark = pytest.mark.slow


def test_completed_runs_are_not_repeated(done: Done, scenarios: Path) -> None:
    folder, lines = done[0], list[str]()
    before = (folder / RESULT).read_bytes()
    cells = run(folder, scenarios, "greets", "types", lines=lines)
    assert [cell.status for cell in cells] == ["recorded", "not-supported"]
    assert (lines, (folder / RESULT).read_bytes()) == (["2 completed runs skipped"], before)


@pytest.mark.parametrize("change", ["scenario", "client", "capture", "failed"])
def test_a_changed_run_is_not_current(done: Done, scenarios: Path, tmp_path: Path, change: str) -> None:
    folder = done[0]
    entries = {each["scenario"]: each for each in json.loads((folder / RESULT).read_bytes())["cells"]}
    source, client = scenarios / "greets.json", parsed(AGENT)
    if change == "scenario":
        source = tmp_path / "greets.json"
        source.write_text(json.dumps({**COMMON, **SCENARIOS["greets"], "environment": {"A": "b"}}))
    elif change == "client":
        client = parsed(f"{AGENT} further")
    (task,) = tasks([str(source)])
    cell = Cell(client, task, 1, task.made_from(client))
    captures = folder if change != "capture" else tmp_path
    assert cell.is_current(entries["ends-badly" if change == "failed" else "greets"], captures) is False
    (same,) = tasks([str(_reformatted(scenarios / "greets.json", tmp_path))])
    assert Cell(parsed(AGENT), same, 1, same.made_from(parsed(AGENT))).is_current(entries["greets"], folder) is True


def _reformatted(source: Path, folder: Path) -> Path:
    copy = folder / "other" / source.name
    copy.parent.mkdir()
    copy.write_text(json.dumps({**json.loads(source.read_bytes()), "about": "Another text."}, indent=3))
    return copy


def test_a_result_of_a_newer_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / RESULT).write_text('{"format": 2, "cells": []}')
    with pytest.raises(ValueError, match=r"matrix\.json: format 2, this version reads 1; update wirelore"):
        Matrix(tmp_path).__enter__()
