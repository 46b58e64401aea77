"""The linter and renderer of OpenAPI documents: Redocly's command, one version of it, from npm into a cache."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests import npm

PACKAGE, VERSION = "@redocly/cli", "2.77.0"

_INSTALL_S, _RUN_S = 600, 120


class CannotInstall(Exception):
    """The tool could not be installed; the message holds what npm said."""


@dataclass(frozen=True, order=True)
class Problem:
    """What the linter has against a document."""

    severity: str
    """`error` or `warn`."""
    rule: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} at {self.pointer or '#'}: {self.message}"


def cache() -> Path:
    """Where the tool is kept: WIRELORE_NPM_CACHE, or wirelore/npm in XDG_CACHE_HOME or ~/.cache."""
    if given := os.environ.get("WIRELORE_NPM_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "wirelore" / "npm"


def executable() -> Path:
    """Where the executable is, or will be."""
    return _folder() / "node_modules" / ".bin" / "redocly"


def installed() -> bool:
    """Whether the cache holds this version, whole."""
    try:
        found = json.loads((_folder() / "node_modules" / PACKAGE / "package.json").read_bytes())["version"]
    except (OSError, ValueError, KeyError):  # missing or cut: then it is not there
        return False
    return found == VERSION and executable().exists()


def unreachable() -> str:
    """Why npm cannot be asked for the tool; empty if the cache has it, or npm answers."""
    return "" if installed() else npm.unreachable(PACKAGE, VERSION)


def install() -> Path:
    """The executable, installed if the cache lacks it; it appears there whole. Raises CannotInstall."""
    if installed():
        return executable()
    program = shutil.which("npm")
    if program is None:
        raise CannotInstall(f"{PACKAGE}@{VERSION}: no npm on PATH; install Node.js 20.19 or later")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=cache()) as aside:
        made = Path(aside) / "made"
        flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
        command = [program, "install", "--prefix", str(made), *flags, f"{PACKAGE}@{VERSION}"]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
        if done.returncode:
            raise CannotInstall(f"{PACKAGE}@{VERSION}: npm ended with code {done.returncode}:\n{done.stderr.strip()}")
        shutil.rmtree(_folder(), ignore_errors=True)
        made.rename(_folder())
    return executable()


def problems(document: Path, empty: Path) -> list[Problem]:
    """What the rules `recommended` find in a document; `empty` is a folder without a configuration to pick up.

    Raises RuntimeError with what the tool said if it did not judge the document.
    """
    command = ["lint", "--extends=recommended", "--format=json", "--max-problems=100000", str(document)]
    done = run(command, empty)
    try:
        found = json.loads(done.stdout)["problems"]
    except (ValueError, KeyError):
        raise RuntimeError(f"redocly lint ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}") from None
    return sorted(
        Problem(each["severity"], each["ruleId"], each["location"][0].get("pointer", ""), each["message"])
        for each in found
    )


def run(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """The tool, run in a folder that is its home as well: no telemetry, no question after updates, no network.

    The proxy that it is told of is a port where nothing listens, so that a connection would fail and be seen.
    """
    nowhere = "http://127.0.0.1:9"
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment = {
        **kept,
        "HOME": str(folder),
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
    }
    return subprocess.run(
        [str(executable()), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_RUN_S,
        check=False,
    )


def _folder() -> Path:
    return cache() / f"redocly-{VERSION}"
