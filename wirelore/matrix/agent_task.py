"""The recorded process: it runs the steps of a client, and stops them at a deadline or when its leash is closed.

`python -m wirelore.matrix.agent_task TASK`. TASK is a JSON file with `leash` (a FIFO; all processes stop when its
writer closes it), `deadline_s` (for all steps together), `work` (the working folder), and `steps`, each with `command`,
`input` (a text or null), `terminal` (or null) and `exit` (codes after which the next step starts). Beside TASK it
writes the output of step N to `N.stdout` and `N.stderr` and, at the end, `outcome.json`: the exit `codes` of the steps
that ended, and in `ended` why the last one ended (see `limits`) or did not start.
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
from wirelore.matrix.limits import ITSELF, Ended, Limits, wait_for
from wirelore.matrix.pseudo_terminal import Session

OUTCOME = "outcome.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the steps; the exit code is always 0."""
    path = Path((sys.argv[1:] if argv is None else argv)[0])
    task = json.loads(path.read_bytes())
    signal.signal(signal.SIGINT, lambda *_: None)  # a terminal sends it to all processes; only the leash stops this one
    os.environ.pop("PYTHONPATH", None)  # this process needed it; the client must not inherit it
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
            ended = f"could not start: {fault}"
            break
        finally:
            process_tree.end()
        if codes[-1] not in step["exit"]:
            break
    partial = path.with_name(f"{OUTCOME}.part")
    partial.write_text(json.dumps({"codes": codes, "ended": ended}), encoding="utf-8")
    partial.rename(path.with_name(OUTCOME))
    return 0


def _run(step: Mapping[str, Any], work: Path, stem: Path, limits: Limits) -> int:
    """Run a step and return its exit code; `stem` is the path of its files without a suffix. Raise Ended."""
    if step["terminal"] is not None:
        return _run_at_terminal(step, work, stem, limits)
    with ExitStack() as stack:
        stem.with_suffix(".input").write_text(step["input"] or "", encoding="utf-8")
        stdin = stack.enter_context(stem.with_suffix(".input").open("rb"))
        stdout, stderr = (stack.enter_context(stem.with_suffix(end).open("wb")) for end in (".stdout", ".stderr"))
        client = subprocess.Popen(
            step["command"], stdin=stdin, stdout=stdout, stderr=stderr, cwd=work, start_new_session=True
        )
    return wait_for(client, limits)


def _run_at_terminal(step: Mapping[str, Any], work: Path, stem: Path, limits: Limits) -> int:
    terminal = step["terminal"]
    session = Session(step["command"], work, terminal["rows"], terminal["columns"])
    try:
        return session.run(terminal["send"], terminal["patience"], limits)
    finally:
        stem.with_suffix(".stdout").write_text(session.screen, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
