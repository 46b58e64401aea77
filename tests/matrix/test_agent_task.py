"""The process that is recorded: steps in their order, what they said, and the end of everything they started."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.leash import Leash
from tests.project import ROOT
from wirelore.matrix import limits
from wirelore.matrix.agent_task import OUTCOME

_DETACHED = """
import subprocess, sys
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
print(child.pid, flush=True)
if len(sys.argv) > 1:
    child.wait()
"""
"""A client with a child that is no longer of its group."""


def started(leash: Leash, *steps: Mapping[str, Any], deadline_s: float = 60.0) -> "subprocess.Popen[bytes]":
    folder = leash.path.parent
    common = {"input": None, "terminal": None, "exit": [0]}
    task = {"leash": str(leash.path), "work": str(folder), "deadline_s": deadline_s}
    (folder / "task.json").write_text(json.dumps({**task, "steps": [{**common, **step} for step in steps]}))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "wirelore.matrix.agent_task", str(folder / "task.json")], env=environment
    )


def outcome(task: "subprocess.Popen[bytes]", folder: Path) -> Any:
    assert task.wait(60) == 0
    return json.loads((folder / OUTCOME).read_bytes())


def _is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_steps_are_run_in_order_with_their_input_until_one_ends_otherwise_than_it_should(
    tmp_path: Path, leash: Leash
) -> None:
    steps: list[dict[str, Any]] = [
        {"command": ["cat"], "input": "given"},
        {"command": ["sh", "-c", "cat; echo $PYTHONPATH; echo noted >&2; exit 3"], "exit": [3]},
        {"command": ["sh", "-c", "kill -TERM $$"]},
        {"command": ["echo", "never"]},
    ]
    assert outcome(started(leash, *steps), tmp_path) == {"codes": [0, 3, 143], "ended": limits.ITSELF}
    said = {path.name: path.read_text() for path in tmp_path.glob("[0-9].*d")}
    assert said == {"1.said": "given", "1.noted": "", "2.said": "\n", "2.noted": "noted\n", "3.said": "", "3.noted": ""}


def test_a_client_that_cannot_be_started_is_told(tmp_path: Path, leash: Leash) -> None:
    told = outcome(started(leash, {"command": ["/no/such/client"]}), tmp_path)
    assert (told["codes"], told["ended"].partition(": ")[0]) == ([], "could not be started")


def test_at_the_deadline_a_client_is_ended_with_all_that_it_started(tmp_path: Path, leash: Leash) -> None:
    step = {"command": [sys.executable, "-c", _DETACHED, "wait"]}
    assert outcome(started(leash, step, deadline_s=0.4), tmp_path) == {"codes": [], "ended": limits.DEADLINE}
    assert not _is_alive(int((tmp_path / "1.said").read_text()))


def test_what_a_client_leaves_running_is_ended_after_its_step(tmp_path: Path, leash: Leash) -> None:
    step = {"command": [sys.executable, "-c", _DETACHED]}
    assert outcome(started(leash, step), tmp_path) == {"codes": [0], "ended": limits.ITSELF}
    assert not _is_alive(int((tmp_path / "1.said").read_text()))


def test_when_the_leash_is_let_go_the_client_is_ended(tmp_path: Path, leash: Leash) -> None:
    task = started(leash, {"command": ["sh", "-c", "echo ready; exec sleep 300"]})
    while not (tmp_path / "1.said").exists() or not (tmp_path / "1.said").read_text():
        time.sleep(0.01)
    leash.let_go()
    assert outcome(task, tmp_path) == {"codes": [], "ended": limits.LEASH}
