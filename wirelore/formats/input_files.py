"""Selection of the files to import: given paths, and the recordings in folders."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wirelore.formats import bare
from wirelore.formats.detection import detect
from wirelore.formats.draft import EntryError, printable_line
from wirelore.formats.source import CUT
from wirelore.model.routes import Routes, packaged

_DEEPEST = 100
"""The maximum depth of folders; a path cannot be much longer."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not imported, with the reason."""

    path: Path
    reason: str
    broken: bool = False
    """True if it could not be examined, so that recordings may be missing."""

    def __str__(self) -> str:
        return printable_line(f"{self.path}: {self.reason}")


def files(
    paths: Iterable[Path], *, format: str | None = None, routes: Routes | None = None
) -> Iterator[Path | Skipped]:
    """Yield the files to import, sorted within each folder, and the skipped ones.

    A file that is given itself is always yielded; reading it reports its problems. In a folder, files that are not
    recordings are skipped, and so is every link, because it may lead anywhere. With `format`, every file counts as a
    recording.
    """
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises if a parent folder is not accessible
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
    """Return the content of a folder, sorted; if it cannot be listed, the folder itself as skipped."""
    try:
        if (folder / "capture.json").is_file():
            return iter([Skipped(folder, "already a capture")])
        return iter(sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)))
    except OSError as fault:
        return iter([Skipped(folder, f"cannot be listed ({fault.strerror})", broken=True)])


def _not_a_file(path: Path, depth: int) -> Skipped | None:
    """Return why a path in a folder is neither a regular file nor a folder to enter, None if it is."""
    try:
        mode = path.lstat().st_mode
    except OSError as fault:
        return Skipped(path, f"cannot be examined ({fault.strerror})", broken=True)
    if stat.S_ISLNK(mode):
        return Skipped(path, "a symbolic link; give its target to import it")
    if stat.S_ISDIR(mode) and path.name.startswith("."):
        return Skipped(path, "a hidden folder; give its path to import it")
    if stat.S_ISDIR(mode) and depth == _DEEPEST:
        return Skipped(path, f"more than {_DEEPEST} folders deep; give its path to import it")
    return None if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else Skipped(path, "not a regular file")


def _reason_to_skip(path: Path, routes: Routes) -> str | None:
    try:
        detected = detect(path)
        if detected == "json" and not bare.recognised(path, routes):
            return "not a recording (JSON, but not a known body; give the file's path to import it)"
    except EntryError as fault:
        return f"not a recording (JSON of {fault}; give the file's path to import it)"
    except (OSError, CUT):
        return None
    return None if detected else "not a recording"
