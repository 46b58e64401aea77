"""npm, as the suites that install something from it ask it."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_INSTALL_S = 600


class CannotInstall(Exception):
    """The tool could not be installed; the message holds what npm said."""


@dataclass(frozen=True)
class Tool:
    """One version of a program in a package of npm, kept in a cache; no script of the package is run."""

    package: str
    version: str
    program: str
    """Where the program lies in `node_modules`."""

    @property
    def executable(self) -> Path:
        """Where the program is, or will be."""
        return self._folder / "node_modules" / self.program

    @property
    def installed(self) -> bool:
        """Whether the cache holds this version, whole."""
        try:
            found = json.loads((self._folder / "node_modules" / self.package / "package.json").read_bytes())["version"]
        except (OSError, ValueError, KeyError):  # missing or cut: then it is not there
            return False
        return found == self.version and self.executable.exists()

    def missing(self) -> str:
        """Why the program cannot be had; empty if the cache has it, or npm answers."""
        reason = "" if self.installed else unreachable(self.package, self.version)
        return (
            f"{self.package} {self.version} is not in {cache()}, and npm is not reachable: {reason}" if reason else ""
        )

    def install(self) -> Path:
        """The program, installed if the cache lacks it; it appears there whole. Raises CannotInstall."""
        if self.installed:
            return self.executable
        wanted, npm = f"{self.package}@{self.version}", shutil.which("npm")
        if npm is None:
            raise CannotInstall(f"{wanted}: no npm on PATH; install Node.js 20.19 or later")
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".installing-", dir=cache()) as aside:
            made = Path(aside) / "made"
            flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
            command = [npm, "install", "--prefix", str(made), *flags, wanted]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
            )
            if done.returncode:
                raise CannotInstall(f"{wanted}: npm ended with code {done.returncode}:\n{done.stderr.strip()}")
            (made / "node_modules" / self.program).chmod(0o755)
            shutil.rmtree(self._folder, ignore_errors=True)
            made.rename(self._folder)
        return self.executable

    @property
    def _folder(self) -> Path:
        return cache() / f"{self.package.strip('@').replace('/', '-')}-{self.version}"


def cache() -> Path:
    """Where tools are kept: WIRELORE_NPM_CACHE, or wirelore/npm in XDG_CACHE_HOME or ~/.cache."""
    if given := os.environ.get("WIRELORE_NPM_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "wirelore" / "npm"


def apart(folder: Path) -> dict[str, str]:
    """An environment for a tool: a folder of its own as home, and for a proxy a port where nothing listens.

    So a connection would fail and be seen.
    """
    nowhere = "http://127.0.0.1:9"
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(folder), "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere}


def unreachable(package: str, version: str) -> str:
    """Why npm cannot be asked for a version of a package; empty if it answers."""
    ask = ["npm", "view", f"{package}@{version}", "version"]
    try:
        done = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    return done.stderr.strip()[-300:] if done.returncode else ""
