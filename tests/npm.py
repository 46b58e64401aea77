"""npm, as the suites that install something from it ask it."""

import subprocess


def unreachable(package: str, version: str) -> str:
    """Why npm cannot be asked for a version of a package; empty if it answers."""
    ask = ["npm", "view", f"{package}@{version}", "version"]
    try:
        done = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    return done.stderr.strip()[-300:] if done.returncode else ""
