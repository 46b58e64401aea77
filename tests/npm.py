"""npm, as the suites that install something from it ask it."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wirelore.matrix import real_cli

_INSTALL_S, _RUN_S = 600, 120


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

    def run(self, arguments: Iterable[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """The program, run in a folder that is its home as well, with these variables more, and without network.

        The proxy that it is told of is a port where nothing listens, so that a connection would fail and be seen.
        """
        nowhere = "http://127.0.0.1:9"
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return subprocess.run(
            [str(self.executable), *arguments],
            cwd=folder,
            env={**kept, "HOME": str(folder), "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_RUN_S,
            check=False,
        )

    @property
    def _folder(self) -> Path:
        return cache() / f"{self.package.strip('@').replace('/', '-')}-{self.version}"


def cache() -> Path:
    """Where tools are kept: WIRELORE_NPM_CACHE, or wirelore/npm in XDG_CACHE_HOME or ~/.cache."""
    return real_cli.default_cache("npm")


def unreachable(package: str, version: str) -> str:
    """Why npm cannot be asked for a version of a package; empty if it answers."""
    ask = ["npm", "view", f"{package}@{version}", "version"]
    try:
        done = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    return done.stderr.strip()[-300:] if done.returncode else ""
