"""The real CLI: any version of it, installed from npm into a cache and run in an environment that knows nothing.

Nothing of the machine's own is read: the home folder, the configuration and the credentials are those given here.
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
    """A version could not be installed; the message holds what npm said."""


def default_cache(name: str = "cli") -> Path:
    """Where versions are kept: WIRELORE_CLI_CACHE, or wirelore/cli in XDG_CACHE_HOME or ~/.cache.

    So it is, by another name, with the other programs that suites and benchmarks install.
    """
    if given := os.environ.get(f"WIRELORE_{name.upper()}_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return folder / "wirelore" / name


def executable(version: str, cache: Path) -> Path:
    """Where the executable of a version is, or will be, in the cache."""
    return cache / version / "node_modules" / ".bin" / "claude"


def installed(version: str, cache: Path) -> bool:
    """Whether the cache holds this version, whole."""
    about = cache / version / "node_modules" / PACKAGE / "package.json"
    try:
        found = json.loads(about.read_bytes())["version"]
    except (OSError, ValueError, KeyError):  # missing or cut: then it is not there
        return False
    return found == version and executable(version, cache).exists()


def install(version: str, cache: Path) -> Path:
    """The executable of a version, installed with npm if the cache lacks it. Raises CannotInstall.

    A version appears in the cache whole, so that a broken download is never taken for it.
    """
    if installed(version, cache):
        return executable(version, cache)
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall(f"{PACKAGE}@{version}: no npm on PATH; install Node.js 18 or later")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=cache) as aside:
        made = Path(aside) / version
        _npm([npm, "install", "--prefix", str(made), "--no-audit", "--no-fund", f"{PACKAGE}@{version}"], version)
        if not installed(version, Path(aside)):
            raise CannotInstall(
                f"{PACKAGE}@{version}: npm ended well, but {executable(version, Path(aside))} is missing"
            )
        shutil.rmtree(cache / version, ignore_errors=True)
        made.rename(cache / version)
    return executable(version, cache)


def _npm(command: list[str], version: str) -> None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{PACKAGE}@{version}: npm did not end within {_INSTALL_S} s") from None
    if done.returncode:
        raise CannotInstall(f"{PACKAGE}@{version}: npm ended with code {done.returncode}:\n{done.stderr.strip()}")


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """All variables of a run: a clean system's, with `home` as the home folder, and `more`; nothing is inherited."""
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
    """The CLI's configuration folder below a home folder."""
    return home / "config"


def furnish(
    home: Path, *, user_id: str, oauth: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
) -> None:
    """Makes the folders that `environment` names and the CLI's configuration in them.

    `user_id` (64 hex digits) is the id that the CLI would otherwise draw by lot; `oauth` is the member `claudeAiOauth`
    of its credentials file: `accessToken`, `refreshToken`, `expiresAt` (Unix milliseconds), `scopes`, and more.
    `settings` are further members of its configuration.
    """
    for folder in (home, home / "tmp", config(home)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(config(home) / ".claude.json", {"userID": user_id, "hasCompletedOnboarding": True, **(settings or {})})
    if oauth is not None:
        _write(config(home) / ".credentials.json", {"claudeAiOauth": dict(oauth)})


def _write(path: Path, value: Any) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(value, stream)
