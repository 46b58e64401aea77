"""The recorded process: it runs steps in order, stores their output, and kills all processes that they started."""

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
"""A client with a child process in its own session."""


def start(leash: Leash, *steps: Mapping[str, Any], deadline_s: float = 60.0) -> "subprocess.Popen[bytes]":
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


def test_steps_run_in_order_with_their_input_until_one_has_an_unexpected_exit_code(
    tmp_path: Path, leash: Leash
) -> None:
    steps: list[dict[str, Any]] = [
        {"command": ["cat"], "input": "given"},
        {"command": ["sh", "-c", "cat; echo $PYTHONPATH; echo error >&2; exit 3"], "exit": [3]},
        {"command": ["sh", "-c", "kill -TERM $$"]},
        {"command": ["echo", "never"]},
    ]
    assert outcome(start(leash, *steps), tmp_path) == {"codes": [0, 3, 143], "ended": limits.ITSELF}
    output = {path.name: path.read_text() for path in tmp_path.glob("[0-9].std*")}
    assert output == {
        "1.stdout": "given", "1.stderr": "", "2.stdout": "\n", "2.stderr": "error\n", "3.stdout": "", "3.stderr": "",
    }  # fmt: skip


def test_a_client_that_cannot_start_is_reported(tmp_path: Path, leash: Leash) -> None:
    result = outcome(start(leash, {"command": ["/no/such/client"]}), tmp_path)
    assert (result["codes"], result["ended"].partition(": ")[0]) == ([], "could not start")


def test_at_the_deadline_a_client_is_ended_with_all_its_descendants(tmp_path: Path, leash: Leash) -> None:
    step = {"command": [sys.executable, "-c", _DETACHED, "wait"]}
    assert outcome(start(leash, step, deadline_s=0.4), tmp_path) == {"codes": [], "ended": limits.DEADLINE}
    assert not _is_alive(int((tmp_path / "1.stdout").read_text()))


def test_what_a_client_leaves_running_is_ended_after_its_step(tmp_path: Path, leash: Leash) -> None:
    step = {"command": [sys.executable, "-c", _DETACHED]}
    assert outcome(start(leash, step), tmp_path) == {"codes": [0], "ended": limits.ITSELF}
    assert not _is_alive(int((tmp_path / "1.stdout").read_text()))


def test_when_the_leash_is_closed_the_client_is_ended(tmp_path: Path, leash: Leash) -> None:
    task = start(leash, {"command": ["sh", "-c", "echo ready; exec sleep 300"]})
    while not (tmp_path / "1.stdout").exists() or not (tmp_path / "1.stdout").read_text():
        time.sleep(0.01)
    leash.close()
    assert outcome(task, tmp_path) == {"codes": [], "ended": limits.LEASH}
