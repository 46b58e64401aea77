"""Measuring the peak memory of a Python program in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.project import ROOT

_REPORT = """
import resource
from pathlib import Path
status = Path("/proc/self/status")  # its peak of resident memory does not include that of the parent process
peak = status.read_text().partition("VmHWM:")[2].split()[:1] if status.exists() else []
print(int(peak[0]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mb(code: str, *arguments: str | Path, within_s: int = 120) -> tuple[int, str]:
    """Run a Python program, and return its peak memory in MB and its output; the arguments are its sys.argv[1:]."""
    done = subprocess.run(
        [sys.executable, "-c", code + _REPORT, *map(str, arguments)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *printed, kilobytes = done.stdout.splitlines()
    return int(kilobytes) >> 10, "\n".join(printed)
