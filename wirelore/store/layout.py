"""Checks of a capture's files and folders: those that belong to no exchange, and file modes.

A symbolic link is a problem and is not followed. Modes are a problem only where they can be kept. They are one note on
a system or file system without them (where files are as executable as folders), and in the packaged samples, which come
from version control.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wirelore.model.packaged import SAMPLES
from wirelore.model.wording import quantity
from wirelore.store.reader import INDEX, MANIFEST

ID = re.compile(r"([a-z]+)/[0-9]{8}_[0-9]{6}_([0-9]{6,})_[0-9a-z_-]+")
"""The form of an exchange id, with groups for category and sequence."""
EXCHANGE = "exchange.json"
_BODIES = ("request.body", "response.body")


@dataclass(frozen=True, slots=True)
class Problem:
    """A deviation from the format."""

    place: str
    """The path relative to the capture, with `/`; `.` is the capture's own folder."""
    found: str
    expected: str
    remedy: str
    note: bool = False
    """True for a remark that is not a failure."""

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; expected {self.expected}; {self.remedy}"


def walk(folder: Path) -> Iterator[Path]:
    """Yield every path under a folder in order of name, each folder before its content; links are not followed."""
    pending = sorted(folder.iterdir(), reverse=True)
    while pending:
        path = pending.pop()
        yield path
        if path.is_dir() and not path.is_symlink():
            pending += sorted(path.iterdir(), reverse=True)


def strays(folder: Path, ids: set[str]) -> Iterator[Problem]:
    """Yield the files and folders that belong to no line of the index."""
    expected_places = {MANIFEST, INDEX, *ids, *(name.partition("/")[0] for name in ids)}
    expected_places |= {f"{name}/{file}" for name in ids for file in (EXCHANGE, *_BODIES)}
    unlisted: tuple[str, ...] = ()
    for path in walk(folder):
        place = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Problem(place, "a symbolic link", "files and folders", "remove it; it was not followed")
        elif place in expected_places or (unlisted and place.startswith(unlisted)):
            continue
        elif place == ".partial" or path.suffix in (".part", ".new"):
            unlisted = (f"{place}/",)
            yield Problem(place, "a temporary file", "none", "the recorder did not finish; remove it")
        elif path.is_dir() and ID.fullmatch(place):
            unlisted = (f"{place}/",)
            found = "an exchange without a line" if (path / EXCHANGE).is_file() else f"a folder without {EXCHANGE}"
            yield Problem(place, found, f"a line in {INDEX}", "restore the index from a copy, or remove the folder")
        elif not path.is_dir() or not any(ID.fullmatch(f"{place}/{child.name}") for child in path.iterdir()):
            yield Problem(place, "belongs to no exchange", f"a path listed in {INDEX}", "remove it")


def modes(folder: Path) -> Iterator[Problem]:
    """Yield paths whose mode gives others access, or a single note if the file system does not keep modes."""
    modes_kept = _keeps_modes(folder)
    deviations: list[tuple[str, int, int]] = []
    for path in (folder, *walk(folder)):
        if path.is_symlink():
            continue
        mode, expected = stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600
        if mode != expected and not modes_kept:
            deviations.append((path.relative_to(folder).as_posix(), mode, expected))
        elif mode != expected:
            place = path.relative_to(folder).as_posix()
            yield Problem(place, f"mode {mode:04o}", f"{expected:04o}", f"run chmod {expected:o} on it")
    if deviations:
        place, mode, expected = deviations[0]
        others = len(deviations) - 1
        remedy = "no action needed because this folder does not preserve modes"
        yield Problem(
            place,
            f"mode {mode:04o}" + (f", and {quantity(others, 'more wrong mode')}" if others else ""),
            f"{expected:04o}",
            remedy,
            note=True,
        )


def _keeps_modes(folder: Path) -> bool:
    manifest = folder / MANIFEST
    if os.name != "posix" or SAMPLES in folder.resolve().parents or not manifest.is_file():
        return False
    return stat.S_IMODE(manifest.stat().st_mode) != stat.S_IMODE(folder.stat().st_mode)
