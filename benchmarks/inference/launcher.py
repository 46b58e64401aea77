"""Run a command and write its wall time and peak memory; a small script of its own.

The peak memory of a process includes that of the process that forked it, so the launcher must be small.
Arguments: the file to write `[exit code, seconds, kilobytes]` to, the limit in seconds, the command. Past the limit
the command is terminated, and its exit code is null.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

_POLL_S = 0.005


def main() -> None:
    """Run the command."""
    target, limit, *command = sys.argv[1:]
    begin = time.perf_counter()
    child = subprocess.Popen(command)
    late = False
    while True:
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        if not late and time.perf_counter() - begin > float(limit):
            late = True
            child.kill()
        time.sleep(_POLL_S)
    spent = time.perf_counter() - begin
    code = None if late else os.waitstatus_to_exitcode(status)
    Path(target).write_text(json.dumps([code, spent, usage.ru_maxrss]), "utf-8")


if __name__ == "__main__":
    main()
