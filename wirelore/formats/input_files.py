"""The files to import: what paths name, and what lies in folders and is a recording."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wirelore.formats import bare
from wirelore.formats.detection import detect
from wirelore.formats.draft import EntryError, shown
from wirelore.formats.source import CUT
from wirelore.model.routes import Routes, packaged

_DEEPEST = 100
"""Folders within folders; a path cannot be much longer."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was come across and is not imported, and why."""

    path: Path
    reason: str
    broken: bool = False
    """Whether it could not be looked at, so that recordings may be missing."""

    def __str__(self) -> str:
        return shown(f"{self.path}: {self.reason}")


def files(
    paths: Iterable[Path], *, format: str | None = None, routes: Routes | None = None
) -> Iterator[Path | Skipped]:
    """The files to import, sorted within each folder, and what is passed over.

    A file that is named itself is given as it is: reading it tells what is wrong with it. In a folder, what is no
    recording is passed over by name, and so is every link, as it may lead anywhere; with `format` given, every file
    counts as a recording.
    """
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder above may not be entered
            yield from _in_folder(path, format, routes or packaged())
        else:
            yield path


def _in_folder(folder: Path, format: str | None, routes: Routes) -> Iterator[Path | Skipped]:
    under_way = [_entries(folder)]
    while under_way:
        path = next(under_way[-1], None)
        if path is None:
            under_way.pop()
        elif isinstance(path, Skipped):
            yield path
        elif skipped := _not_a_file(path, len(under_way)):
            yield skipped
        elif path.is_dir():
            under_way.append(_entries(path))
        else:
            reason = None if format else _reason_to_skip(path, routes)
            yield Skipped(path, reason) if reason else path


def _entries(folder: Path) -> Iterator[Path | Skipped]:
    """What is in a folder, sorted; the folder itself if it cannot be listed, for reading tells why."""
    try:
        if (folder / "capture.json").is_file():
            return iter([Skipped(folder, "a capture already")])
        return iter(sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)))
    except OSError as fault:
        return iter([Skipped(folder, f"cannot be listed ({fault.strerror})", broken=True)])


def _not_a_file(path: Path, depth: int) -> Skipped | None:
    """Why a path in a folder is neither a file to look at nor a folder to go into, None if it is one."""
    try:
        mode = path.lstat().st_mode
    except OSError as fault:
        return Skipped(path, f"cannot be looked at ({fault.strerror})", broken=True)
    if stat.S_ISLNK(mode):
        return Skipped(path, "a link; name what it leads to, to import it")
    if stat.S_ISDIR(mode) and path.name.startswith("."):
        return Skipped(path, "a hidden folder; name it to import it")
    if stat.S_ISDIR(mode) and depth == _DEEPEST:
        return Skipped(path, f"more than {_DEEPEST} folders deep; name it to import it")
    return None if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else Skipped(path, "not a regular file")


def _reason_to_skip(path: Path, routes: Routes) -> str | None:
    try:
        found = detect(path)
        if found == "json" and not bare.recognised(path, routes):
            return "not a recording (JSON, but no body that the route table recognises; name the file to import it)"
    except EntryError as fault:
        return f"not a recording (JSON of {fault}; name the file to import it)"
    except (OSError, CUT):
        return None
    return None if found else "not a recording"
