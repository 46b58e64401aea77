"""A completed matrix of the sample agent."""

import json
from pathlib import Path

import pytest

from tests.matrix.agent_runs import COMMON, SCENARIOS, Done, run


@pytest.fixture(scope="session")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scenario files."""
    folder = tmp_path_factory.mktemp("scenarios")
    for name, members in SCENARIOS.items():
        (folder / f"{name}.json").write_text(json.dumps({**COMMON, **members}))
    return folder


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory, scenarios: Path) -> Done:
    """A completed matrix: its folder, its cells, and the lines of its progress."""
    folder, lines = tmp_path_factory.mktemp("matrix") / "made", list[str]()
    return folder, run(folder, scenarios, *SCENARIOS, lines=lines), lines
