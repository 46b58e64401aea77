"""How much memory a piece of work takes at most, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.project import ROOT

_REPORT = """
import resource
from pathlib import Path
status = Path("/proc/self/status")  # the resident set at its highest, without that of the process that started it
told = status.read_text().partition("VmHWM:")[2].split()[:1] if status.exists() else []
print(int(told[0]) if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mb(code: str, *arguments: str | Path, within_s: int = 120) -> tuple[int, str]:
    """The peak of a Python program in MB, and what it printed; the arguments are its sys.argv[1:]."""
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
