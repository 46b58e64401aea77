"""Scenarios for the sample agent, and runs of them with the real recorder."""

import sys
from pathlib import Path
from typing import Any

from tests.project import ROOT
from wirelore.matrix.agent_client import parsed
from wirelore.matrix.matrix import Matrix, tasks
from wirelore.matrix.matrix_cells import Cell

Done = tuple[Path, list[Cell], list[str]]
"""A completed matrix: its folder, its cells, and the lines of its progress."""

AGENT = f"mine@1={sys.executable} {ROOT / 'tests' / 'sample_agent.py'} {{prompt}} {{model}}"
SCENARIOS: dict[str, dict[str, Any]] = {
    "greets": {"steps": [{"prompt": "Hello", "says": "^Greetings$"}]},
    "ends-badly": {"steps": [{"prompt": "Hello", "model": "3"}]},
    "types": {"steps": [{"terminal": {"send": []}}]},
}
COMMON: dict[str, Any] = {
    "about": "A greeting.",
    "turns": [{"asked": "^(?=.*Hello)", "answer": [{"type": "text", "text": "Greetings"}]}],
    "expect": [{"operation": "POST /v1/messages", "status": 200, "request": '"Hello in '}],
}


def run(folder: Path, scenarios: Path, *names: str, lines: list[str], client: str = AGENT) -> list[Cell]:
    """Run scenarios of a folder with a client, and return the cells of the matrix."""
    with Matrix(folder, jobs=2, say=lines.append) as matrix:
        return matrix.run([parsed(client)], tasks([str(scenarios / f"{name}.json") for name in names]), 1)
