"""Fuzz the targets and report the results: python -m tests.fuzz [SECONDS] [TARGET...].

Without SECONDS each target gets its number of inputs, the same in every run (except for `verify`, which uses a random
key). With SECONDS each target gets its share of the time, and a corpus that grew for more than a minute is kept for the
next run. WIRELORE_FUZZ_SEED is another seed, or `any`.

Exit code 1 if a target failed; the failing input is in build/fuzz/<target>/. Copy it to tests/fuzz/corpus/<target>/
with the fix, so that `make test` tries it from then on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from tests import seeds
from tests.fuzz.child import PER_INPUT_S
from tests.fuzz.targets import names
from tests.project import ROOT

_BUILD = ROOT / "build" / "fuzz"
_JOBS = 2
"""The number of parallel processes; a CI machine has two cores."""
_START_S = 60
"""The time limit for starting and stopping a target, in addition to its time."""
_COUNTED_S = 900
"""The time limit of a target for its number of inputs."""
_FOUND = ("crash-", "oom-", "timeout-", "leak-")
_SEED = 20261121


class Outcome(NamedTuple):
    """The result of a target."""

    target: str
    seconds: float
    runs: int
    edges: int | None
    findings: list[Path]
    output: str
    """The output of the process if it failed."""


def fuzz(target: str, seconds: int, seed: int) -> Outcome:
    """Fuzz a target in a process with its own temporary folder; 0 seconds means its number of inputs."""
    folder = _BUILD / target
    folder.mkdir(parents=True, exist_ok=True)
    before, began = set(_findings(folder)), time.monotonic()
    scratch = tempfile.mkdtemp(prefix="wirelore-fuzz-")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.child", target, str(seconds), str(folder), str(seed)],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": scratch, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            timeout=(seconds or _COUNTED_S) + PER_INPUT_S + _START_S,
            check=False,
        )
        code, output = done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        code, output = -1, f"{(late.stderr or b'')[-2000:].decode('utf-8', 'replace')}\nit did not stop"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    runs, edges = _figures(output)
    findings = sorted(set(_findings(folder)) - before)
    return Outcome(target, time.monotonic() - began, runs, edges, findings, output if code else "")


def _findings(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(_FOUND)]


def _figures(output: str) -> tuple[int, int | None]:
    """Return runs and edges from libFuzzer's last lines, or from the JSON line of the other engine."""
    if line := re.findall(r'^\{"engine".*\}$', output, re.MULTILINE):
        return json.loads(line[-1])["runs"], None
    runs = re.findall(r"(?:number_of_executed_units: |^#)(\d+)", output, re.MULTILINE)
    edges = re.findall(r"\bcov: (\d+)", output)
    return (int(runs[-1]) if runs else 0), (int(edges[-1]) if edges else 0)


def _relevant_lines(output: str) -> list[str]:
    """Return the relevant lines of the output: the exception with its traceback, or the last lines."""
    lines = output.splitlines()
    begin = next((number for number, line in enumerate(lines) if "Uncaught Python exception" in line), None)
    if begin is None:
        return lines[-25:]
    return list(takewhile(str.strip, lines[begin : begin + 40]))


def main(arguments: Sequence[str]) -> int:
    """Print a line for each target, and return 1 if one failed."""
    total, chosen = 0, list(arguments)
    if chosen and chosen[0].isdecimal():
        total = int(chosen.pop(0))
    chosen = chosen or names()
    share = max(2, min(total, total * _JOBS // len(chosen))) if total else 0
    if not find_spec("atheris"):
        print("atheris is not installed (it has wheels for Linux on x86-64 only): hypothesis takes its place")
    seed, line = seeds.seed("WIRELORE_FUZZ_SEED", _SEED)
    print(line)
    found = 0
    print(f"{'target':<16} {'seconds':>8} {'runs':>9} {'edges':>7} {'findings':>9}")
    with ThreadPoolExecutor(_JOBS) as pool:
        outcomes = list(pool.map(lambda target: fuzz(target, share, seed), chosen))
    for outcome in outcomes:
        bad = max(len(outcome.findings), bool(outcome.output))
        edges = "-" if outcome.edges is None else outcome.edges
        print(f"{outcome.target:<16} {outcome.seconds:>8.1f} {outcome.runs:>9} {edges:>7} {bad:>9}", flush=True)
        if bad:
            found += bad
            print("\n".join(f"  {line}" for line in _relevant_lines(outcome.output)))
            print("\n".join(f"  {path}" for path in outcome.findings))
    print(f"{len(chosen)} targets, {found} findings")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
