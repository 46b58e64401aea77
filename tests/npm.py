"""Tools from npm, for the test suites that need them."""

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
    """A tool could not be installed; the message includes npm's output."""


@dataclass(frozen=True)
class Tool:
    """A version of a program from an npm package, installed in a cache without running the package's scripts."""

    package: str
    version: str
    program: str
    """The program's path in `node_modules`."""

    @property
    def executable(self) -> Path:
        """The path of the program, installed or not."""
        return self._folder / "node_modules" / self.program

    @property
    def installed(self) -> bool:
        """True if the cache contains a complete installation of the version."""
        package_file = self._folder / "node_modules" / self.package / "package.json"
        try:
            version = json.loads(package_file.read_bytes())["version"]
        except (OSError, ValueError, KeyError):  # missing or truncated
            return False
        return version == self.version and self.executable.exists()

    def missing(self) -> str:
        """Return why the program is not available, or an empty text if it is in the cache or npm is reachable."""
        reason = "" if self.installed else unreachable(self.package, self.version)
        return (
            f"{self.package} {self.version} is not in {cache()}, and npm is not reachable: {reason}" if reason else ""
        )

    def install(self) -> Path:
        """Return the program, installed if it is not in the cache. Raise CannotInstall."""
        if self.installed:
            return self.executable
        package, npm = f"{self.package}@{self.version}", shutil.which("npm")
        if npm is None:
            raise CannotInstall(f"{package}: npm not found on PATH; install Node.js 20.19 or later")
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".installing-", dir=cache()) as temporary:
            folder = Path(temporary) / "installed"
            flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
            command = [npm, "install", "--prefix", str(folder), *flags, package]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
            )
            if done.returncode:
                raise CannotInstall(f"{package}: npm failed with exit code {done.returncode}:\n{done.stderr.strip()}")
            (folder / "node_modules" / self.program).chmod(0o755)
            shutil.rmtree(self._folder, ignore_errors=True)
            folder.rename(self._folder)
        return self.executable

    def run(self, arguments: Iterable[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run the program in a folder that is also its home, with additional variables, and without network.

        Its proxy is a port without a listener, so that network access fails visibly.
        """
        closed_port = "http://127.0.0.1:9"
        inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return subprocess.run(
            [str(self.executable), *arguments],
            cwd=folder,
            env={**inherited, "HOME": str(folder), "HTTP_PROXY": closed_port, "HTTPS_PROXY": closed_port, **variables},
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
    """Return the folder for tools: WIRELORE_NPM_CACHE, or wirelore/npm in XDG_CACHE_HOME or ~/.cache."""
    return real_cli.default_cache("npm")


def unreachable(package: str, version: str) -> str:
    """Return why npm cannot provide a version of a package, or an empty text if it can."""
    command = ["npm", "view", f"{package}@{version}", "version"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    return done.stderr.strip()[-300:] if done.returncode else ""
