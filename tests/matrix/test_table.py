"""The table of a matrix."""

import pytest

from tests.matrix.agent_runs import Done
from wirelore.matrix.table import table

pytestmark = pytest.mark.slow


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
