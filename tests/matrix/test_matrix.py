"""The matrix, with the real recorder and a sample agent: recorded, failed and unsupported runs, and repetitions."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.matrix.agent_runs import Done
from wirelore.matrix.agent_client import Client
from wirelore.matrix.matrix import KEY, CannotRun, Matrix, tasks
from wirelore.matrix.matrix_cells import RESULT, Cell
from wirelore.store.writer import Capture

pytestmark = pytest.mark.slow


def test_a_successful_run_is_a_capture_with_labels(done: Done) -> None:
    folder, cells, _ = done
    assert (cells[0].status, cells[0].capture) == ("recorded", "mine-1/mine-1_greets_1")
    capture = Capture(folder / cells[0].capture)
    labels = {"client": "mine", "version": "1", "scenario": "greets", "repeat": "1"}
    assert capture.manifest["options"]["labels"] == labels
    (exchange,) = capture.exchanges()
    assert (exchange.operation, exchange.origin) == ("POST /v1/messages", "stand-in")


def test_a_failed_run_has_a_reason_and_its_capture_is_kept_apart(done: Done) -> None:
    folder, cells, _ = done
    assert (cells[1].status, cells[1].reason) == ("failed", "step 1: exit code 3, expected 0; output: Greetings")
    assert not (folder / cells[1].capture).exists()
    assert len(list(Capture(folder / ".failed" / cells[1].name).exchanges())) == 1


def test_a_scenario_that_the_client_cannot_run_is_not_supported(done: Done) -> None:
    reason = "the scenario needs a terminal; a command has no placeholder for that"
    assert (done[1][2].status, done[1][2].reason) == ("not-supported", reason)


def test_the_result_names_every_run_and_its_capture_and_nothing_that_differs_from_time_to_time(done: Done) -> None:
    folder, cells, _ = done
    common = {"client": "mine", "version": "1", "repeat": 1}
    greets, ends_badly, types = cells
    assert json.loads((folder / RESULT).read_bytes()) == {
        "format": 1,
        "cells": [
            _entry(ends_badly, status="failed", reason=ends_badly.reason, **common),
            _entry(greets, status="recorded", capture="mine-1/mine-1_greets_1", **common),
            _entry(types, status="not-supported", reason=types.reason, **common),
        ],
    }
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600


def _entry(cell: Cell, **members: Any) -> dict[str, Any]:
    return {"scenario": cell.task.name, "made_from": cell.made_from, **members}


def test_each_run_is_reported_when_it_has_ended(done: Done) -> None:
    assert sorted(line.partition("] ")[2].split()[0] for line in done[2]) == [
        "mine-1_ends-badly_1",
        "mine-1_greets_1",
        "mine-1_types_1",
    ]


def test_only_the_matrix_remains_in_the_folder(done: Done) -> None:
    assert sorted(path.name for path in done[0].iterdir()) == [".failed", ".lock", "matrix.json", "mine-1", KEY]


def test_a_matrix_is_locked_against_other_processes(tmp_path: Path) -> None:
    with (
        Matrix(tmp_path),
        pytest.raises(CannotRun, match="locked by another process that runs this matrix"),
        Matrix(tmp_path),
    ):
        pass


def test_without_npm_a_matrix_of_the_cli_alone_cannot_run(
    tmp_path: Path, scenarios: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        Matrix(tmp_path / "made", cache=tmp_path / "cache") as matrix,
        pytest.raises(CannotRun, match="npm not found on PATH"),
    ):
        matrix.run([Client("claude", "1.2.3")], tasks([str(scenarios / "greets.json")]), 1)
