"""The table of a matrix."""

import json
from pathlib import Path

import pytest

from tests.matrix.test_matrix import _COMMON, _SCENARIOS, Done, run
from wirelore.matrix.matrix_cells import Cell
from wirelore.matrix.table import table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenarios")
    for name, members in _SCENARIOS.items():
        (folder / f"{name}.json").write_text(json.dumps({**_COMMON, **members}))
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, scenarios: Path) -> tuple[Path, list[Cell], list[str]]:
    """A completed matrix: its folder, its cells, and the lines of its progress."""
    folder, lines = tmp_path_factory.mktemp("matrix") / "made", list[str]()
    return folder, run(folder, scenarios, *_SCENARIOS, lines=lines), lines


def test_the_table_has_a_row_for_each_scenario_and_the_reasons(done: Done) -> None:
    assert table(done[1]).splitlines() == [
        "scenario    mine@1",
        "greets      ok 1/1",
        "ends-badly  FAILED 0/1",
        "types       -",
        "",
        "mine@1 ends-badly: failed: step 1: exit code 3, expected 0; output: Greetings",
        "mine@1 types: not supported: the scenario needs a terminal; a command has no placeholder for that",
    ]
