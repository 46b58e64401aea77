"""The files to import: what paths name, and what lies in folders and is a recording."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from captures.importers import bare
from captures.importers.detection import detect
from captures.importers.source import CUT
from captures.routes import Routes, packaged


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was come across and is not imported, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def files(
    paths: Iterable[Path], *, format: str | None = None, routes: Routes | None = None
) -> Iterator[Path | Skipped]:
    """The files to import, sorted within each folder, and what is passed over.

    A file that is named itself is given as it is: reading it tells what is wrong with it. In a folder, what is no
    recording is passed over by name; with `format` given, every file counts as one.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, format, routes or packaged())
        else:
            yield path


def _in_folder(folder: Path, format: str | None, routes: Routes) -> Iterator[Path | Skipped]:
    if (folder / "capture.json").is_file():
        yield Skipped(folder, "a capture already")
        return
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        if path.is_dir() and (path.is_symlink() or path.name.startswith(".")):
            yield Skipped(path, "a hidden folder or a link to a folder; name it to import it")
        elif path.is_dir():
            yield from _in_folder(path, format, routes)
        else:
            reason = None if format and path.is_file() else _reason_to_skip(path, routes)
            yield Skipped(path, reason) if reason else path


def _reason_to_skip(path: Path, routes: Routes) -> str | None:
    if not path.is_file():
        return "not a regular file"
    try:
        found = detect(path)
        if found == "json" and not bare.recognised(path, routes):
            return "not a recording (JSON, but no body that the route table recognises; name the file to import it)"
    except (OSError, CUT):
        return None
    return None if found else "not a recording"
