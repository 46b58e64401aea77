"""The process that is recorded: it starts a client step by step, and ends it at a deadline or when it is let go.

`python -m wirelore.matrix.agent_task TASK`. TASK is a JSON file: `leash` (a FIFO at whose end all is ended),
`deadline_s` (for all steps together), `work` (the working folder), and `steps` of `command`, `input` (a text or null),
`terminal` (or null) and `exit` (codes after which the next step comes). Beside it are written what step N said
(`N.said`, `N.noted`) and, at the end, `outcome.json`: the `codes` of the steps that ended, and what `ended` the last
(`limits`, or why it did not begin).
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from wirelore.matrix import process_tree
from wirelore.matrix.limits import ITSELF, Ended, Limits, awaited
from wirelore.matrix.pseudo_terminal import Session

OUTCOME = "outcome.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the steps; the exit code is 0 however they end."""
    path = Path((sys.argv[1:] if argv is None else argv)[0])
    task = json.loads(path.read_bytes())
    signal.signal(signal.SIGINT, lambda *_: None)  # a terminal sends it to everybody; the leash decides
    os.environ.pop("PYTHONPATH", None)  # it led here, and is no business of the client's
    process_tree.adopt()
    limits = Limits(Path(task["leash"]), task["deadline_s"])
    codes: list[int] = []
    ended = ITSELF
    for number, step in enumerate(task["steps"], 1):
        try:
            codes.append(_run(step, Path(task["work"]), path.with_name(str(number)), limits))
        except Ended as reason:
            ended = str(reason)
            break
        except OSError as fault:
            ended = f"could not be started: {fault}"
            break
        finally:
            process_tree.end()
        if codes[-1] not in step["exit"]:
            break
    aside = path.with_name(f"{OUTCOME}.part")
    aside.write_text(json.dumps({"codes": codes, "ended": ended}), encoding="utf-8")
    aside.rename(path.with_name(OUTCOME))
    return 0


def _run(step: Mapping[str, Any], work: Path, beside: Path, limits: Limits) -> int:
    """The exit code of a step. Raises Ended."""
    if step["terminal"] is not None:
        return _at_terminal(step, work, beside, limits)
    with ExitStack() as stack:
        beside.with_suffix(".input").write_text(step["input"] or "", encoding="utf-8")
        given = stack.enter_context(beside.with_suffix(".input").open("rb"))
        said, noted = (stack.enter_context(beside.with_suffix(end).open("wb")) for end in (".said", ".noted"))
        client = subprocess.Popen(
            step["command"], stdin=given, stdout=said, stderr=noted, cwd=work, start_new_session=True
        )
    return awaited(client, limits)


def _at_terminal(step: Mapping[str, Any], work: Path, beside: Path, limits: Limits) -> int:
    terminal = step["terminal"]
    session = Session(step["command"], work, terminal["rows"], terminal["columns"])
    try:
        return session.run(terminal["send"], terminal["patience"], limits)
    finally:
        beside.with_suffix(".said").write_text(session.screen, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
