"""The real CLI: any version, installed from npm into a cache and run in an isolated environment.

The home folder, configuration and credentials are made for the run; those of the machine are not read.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGE = "@anthropic-ai/claude-code"
"""The CLI's name in the npm registry."""

_INSTALL_S = 900


class CannotInstall(Exception):
    """A version could not be installed; the message includes npm's output."""


def default_cache(name: str = "cli") -> Path:
    """Return the folder for versions of the CLI: WIRELORE_CLI_CACHE, or wirelore/cli in XDG_CACHE_HOME or ~/.cache.

    Another `name` gives the folder for other programs that test suites and benchmarks install.
    """
    if cache := os.environ.get(f"WIRELORE_{name.upper()}_CACHE"):
        return Path(cache)
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return folder / "wirelore" / name


def executable(version: str, cache: Path) -> Path:
    """Return the path in the cache for the executable of a version, installed or not."""
    return cache / version / "node_modules" / ".bin" / "claude"


def installed(version: str, cache: Path) -> bool:
    """Return True if the cache contains a complete installation of the version."""
    package_file = cache / version / "node_modules" / PACKAGE / "package.json"
    try:
        package_version = json.loads(package_file.read_bytes())["version"]
    except (OSError, ValueError, KeyError):  # missing or truncated
        return False
    return package_version == version and executable(version, cache).exists()


def install(version: str, cache: Path) -> Path:
    """Return the executable of a version, installed with npm if it is not in the cache. Raise CannotInstall.

    The installation is moved into the cache when it is complete, so that a broken download is never used.
    """
    if installed(version, cache):
        return executable(version, cache)
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall(f"{PACKAGE}@{version}: npm not found on PATH; install Node.js 18 or later")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=cache) as temporary:
        folder = Path(temporary) / version
        _npm([npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"{PACKAGE}@{version}"], version)
        if not installed(version, Path(temporary)):
            raise CannotInstall(
                f"{PACKAGE}@{version}: npm succeeded, but {executable(version, Path(temporary))} is missing"
            )
        shutil.rmtree(cache / version, ignore_errors=True)
        folder.rename(cache / version)
    return executable(version, cache)


def _npm(command: list[str], version: str) -> None:
    try:
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{PACKAGE}@{version}: npm did not finish within {_INSTALL_S} s") from None
    if process.returncode:
        raise CannotInstall(
            f"{PACKAGE}@{version}: npm failed with exit code {process.returncode}:\n{process.stderr.strip()}"
        )


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a run: the basic variables with `home` as home folder, and `more`. Inherit nothing."""
    node = shutil.which("node")
    folders = dict.fromkeys([str(Path(node).parent)] if node else [], None) | dict.fromkeys(["/usr/bin", "/bin"])
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": str(home),
        "CLAUDE_CONFIG_DIR": str(config(home)),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "SHELL": "/bin/bash",
        **(more or {}),
    }


def config(home: Path) -> Path:
    """Return the CLI's configuration folder in a home folder."""
    return home / "config"


def furnish(
    home: Path, *, user_id: str, oauth: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
) -> None:
    """Create the folders that `environment` names, and the CLI's configuration in them.

    `user_id` (64 hex digits) replaces the random id of the CLI. `oauth` is the member `claudeAiOauth` of its
    credentials file: `accessToken`, `refreshToken`, `expiresAt` (Unix milliseconds), `scopes`, and more. `settings` are
    additional members of its configuration.
    """
    for folder in (home, home / "tmp", config(home)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(config(home) / ".claude.json", {"userID": user_id, "hasCompletedOnboarding": True, **(settings or {})})
    if oauth is not None:
        _write(config(home) / ".credentials.json", {"claudeAiOauth": dict(oauth)})


def _write(path: Path, value: Any) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(value, stream)
