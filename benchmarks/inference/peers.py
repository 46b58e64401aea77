"""The tools compared with: installed, in the versions that benchmarks/peers pins, into a cache folder."""

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
    """The tools could not be installed; the message holds what the installer said."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the tools are; None with a reason where they are not."""

    python: Path | None
    """The interpreter of the environment that has those of PyPI."""
    node: Path | None
    """The folder with the commands of those of npm."""
    reasons: tuple[str, ...] = ()


def default_cache() -> Path:
    """Where they are kept: WIRELORE_PEERS_CACHE, or wirelore/peers in XDG_CACHE_HOME or ~/.cache."""
    return real_cli.default_cache("peers")


def installed(cache: Path) -> Installed:
    """Both sets of tools, installed where the cache lacks them; what cannot be installed is None with its reason."""
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
    """The folder of these pins; it is named after their content, and marked when whole."""
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
