"""Installation of the compared tools, in the versions pinned in benchmarks/peers, in a cache folder."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wirelore.matrix import real_cli

PINS = Path(__file__).resolve().parents[1] / "peers"
_INSTALL_S = 600


class CannotInstall(Exception):
    """The tools could not be installed; the message includes the installer's output."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The paths of the tools; None, with a reason, if they are not installed."""

    python: Path | None
    """The interpreter of the environment with the tools from PyPI."""
    node: Path | None
    """The folder with the commands of the tools from npm."""
    reasons: tuple[str, ...] = ()


def default_cache() -> Path:
    """Return the cache folder: WIRELORE_PEERS_CACHE, or wirelore/peers in XDG_CACHE_HOME or ~/.cache."""
    return real_cli.default_cache("peers")


def installed(cache: Path) -> Installed:
    """Install both sets of tools if they are not in the cache; a set that fails is None, with its reason."""
    reasons: list[str] = []

    def place(pins: str, install: Callable[[Path, Path], None], inside: str) -> Path | None:
        try:
            return _kept(cache, PINS / pins, install) / inside
        except CannotInstall as reason:
            reasons.append(str(reason))
            return None

    python = place("requirements.txt", _pip, "bin/python")
    node = place("package.json", _npm, "node_modules/.bin")
    return Installed(python, node, tuple(reasons))


def _kept(cache: Path, pins: Path, install: Callable[[Path, Path], None]) -> Path:
    """Return the folder of these pins; its name is a hash of them, and a mark says that it is complete."""
    folder = cache / f"{pins.stem}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    mark = folder / ".whole"
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder, pins)
        mark.touch()
    return folder


def _pip(folder: Path, pins: Path) -> None:
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--requirement", str(pins)])


def _npm(folder: Path, pins: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotInstall("npm not found on PATH; install Node.js 18 or later")
    shutil.copy(pins, folder / pins.name)
    _run([npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund"])


def _run(command: list[str]) -> None:
    with tempfile.TemporaryFile("w+") as said:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=_INSTALL_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise CannotInstall(f"{Path(command[0]).name}: {fault}") from None
        if done.returncode:
            said.seek(0)
            last = said.read().strip().splitlines()[-3:]
            raise CannotInstall(f"{Path(command[0]).name} ended with code {done.returncode}: {' '.join(last)}")
