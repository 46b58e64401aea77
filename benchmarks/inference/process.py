"""Running a command, with its wall time and peak memory."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a command."""

    seconds: float
    peak_mb: float
    """The largest resident set of the process, in MB."""
    said: str
    """The standard output."""
    problem: str = ""
    """The reason of a failure, else an empty text."""


def run(command: list[str], *, limit_s: float = 120) -> Run:
    """Run a command from the project's root; terminate it after `limit_s` seconds, which counts as a failure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        noted = Path(folder) / "noted.json"
        launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(noted), str(limit_s)]
        subprocess.run([*launch, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=_ROOT, check=True)
        code, seconds, kilobytes = json.loads(noted.read_text("utf-8"))
        out.seek(0)
        err.seek(0)
        return Run(seconds, kilobytes / 1024, out.read(), _problem(code, limit_s, err.read()))


def _problem(code: int | None, limit_s: float, complaint: str) -> str:
    if code is None:
        return f"not done in {limit_s:.0f} s"
    lines = [line.strip() for line in complaint.splitlines() if "Error" in line or "error" in line]
    return f"failed: {lines[-1][:120] if lines else f'exit code {code}'}" if code else ""
