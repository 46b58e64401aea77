"""Results of the matrix: a version does not differ from itself, and known changes and claims are reported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.real_matrix.conftest import NEEDS_ALL, VERSIONS, command

pytestmark = [pytest.mark.matrix, NEEDS_ALL]
Done = subprocess.CompletedProcess[str]
AGAIN = "2.1.329"
"""The version that is run a second time: the one that varies most by itself."""

VERDICTS = {
    "supported": {"E04", "E14", "A02", "A03", "A04a", "H02", "H03", "H04", "P02", "P03", "P04", "C01", "C02"},
    "partly supported": {"E01", "E03", "A15", "M03", "R02"},
    "mixed": {"E12", "A10a", "A12", "B01", "H05"},
    "contradicted": {"E11", "A04b", "A10b"},
    "not observable": {"A13", "A14", "P01", "C03", "C04", "C05"},
}
"""What three versions before a stand-in decide: claims about the client alone. All others are not observed."""

NEW_FLAGS = {
    ("2.0.56", "2.1.112"): {
        "advanced-tool-use-2025-11-20",
        "context-management-2025-06-27",
        "effort-2025-11-24",
        "prompt-caching-scope-2026-01-05",
    },
    ("2.1.112", "2.1.329"): {
        "cache-diagnosis-2026-04-07",
        "mid-conversation-system-clear-at-2026-08-21",
        "mid-conversation-tool-changes-2026-07-01",
        "per-turn-control-2026-07-01",
        "thinking-binding-controls-2026-08-01",
        "thinking-token-count-2026-05-13",
    },
}
"""The flags that are new on requests of the conversation in most of the scenarios."""


def wirelore(*arguments: str) -> Done:
    """A command that has ended."""
    line = [sys.executable, "-m", "wirelore", *arguments]
    return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def read(path: Path) -> dict[str, Any]:
    """A JSON file."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory, done: Done) -> Path:
    """A second matrix of one version, in WIRELORE_MATRIX_AGAIN if that is set."""
    folder = Path(os.environ.get("WIRELORE_MATRIX_AGAIN") or tmp_path_factory.mktemp("matrix") / "again")
    line = command(folder, versions=[AGAIN])
    made = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def test_a_second_run_of_a_version_shows_no_change(done: Done, folder: Path, again: Path) -> None:
    found = wirelore("diff", str(folder / f"claude-{AGAIN}"), str(again / f"claude-{AGAIN}"), "--fail-on", "any")
    assert (found.returncode, found.stdout.splitlines()[-1].partition(";")[0]) == (0, "no difference"), found.stdout


def test_the_changelog_is_the_same_twice_and_tells_the_new_flags(done: Done, folder: Path, tmp_path: Path) -> None:
    made = [tmp_path / "one", tmp_path / "two"]
    for output in made:
        assert wirelore("changelog", str(folder), "-o", str(output)).returncode == 0
    texts = [{path.name: path.read_bytes() for path in output.iterdir()} for output in made]
    assert texts[0] == texts[1]
    for (before, after), flags in NEW_FLAGS.items():
        page = read(made[0] / f"claude-{before}-to-{after}.json")
        new = [
            one for one in page["differences"] if one["rule"] == "beta-flag-added" and "with tools" in one["operation"]
        ]
        often = {one["place"].rpartition("/")[2] for one in new if 2 * len(one["groups"]) > one["of_groups"]}
        assert often == flags


def test_the_ledger_decides_what_a_client_does_and_nothing_of_the_service(done: Done, folder: Path) -> None:
    found = json.loads(wirelore("claims", str(folder), "--format", "json").stdout)
    verdicts = {row["id"]: row["verdict"] for row in found["claims"]}
    assert {verdict: {name for name, own in verdicts.items() if own == verdict} for verdict in VERDICTS} == VERDICTS
    assert len(verdicts) == 72
    service = [check for row in found["claims"] for check in row["checks"] if check["speaker"] == "service"]
    assert {check["verdict"] for check in service} == {"not observed"}


def test_each_version_differs_from_the_next_and_the_exit_code_says_so(done: Done, folder: Path) -> None:
    sides = [str(folder / f"claude-{version}") for version in VERSIONS[:2]]
    assert wirelore("diff", *sides).returncode == 1
