"""Layout: the files and folders of a capture, what of them belongs to no exchange, and who may read them.

Nothing is followed out of the capture: a link is a problem and is not read. Modes count only where they can be kept:
they are one note on a system or file system without them (then files are as executable as folders), and in the
packaged samples, which come out of version control.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wirelore.model.packaged import SAMPLES
from wirelore.store.reader import INDEX, MANIFEST

ID = re.compile(r"([a-z]+)/[0-9]{8}_[0-9]{6}_([0-9]{6,})_[0-9a-z_-]+")
"""What an exchange's id looks like: its category and its sequence."""
EXCHANGE = "exchange.json"
_BODIES = ("request.body", "response.body")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be."""

    place: str
    """Relative to the capture, with `/`; `.` is the capture's own folder."""
    found: str
    expected: str
    remedy: str
    note: bool = False
    """Whether it is worth a word and no failure."""

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; expected {self.expected}; {self.remedy}"


def files(folder: Path) -> Iterator[Path]:
    """Every file and folder under a folder, each folder before what is in it, by name; links are not followed."""
    waiting = sorted(folder.iterdir(), reverse=True)
    while waiting:
        path = waiting.pop()
        yield path
        if path.is_dir() and not path.is_symlink():
            waiting += sorted(path.iterdir(), reverse=True)


def strays(folder: Path, ids: set[str]) -> Iterator[Problem]:
    """What is there and belongs to no line of the index."""
    known = {MANIFEST, INDEX, *ids, *(name.partition("/")[0] for name in ids)}
    known |= {f"{name}/{file}" for name in ids for file in (EXCHANGE, *_BODIES)}
    unlisted: tuple[str, ...] = ()
    for path in files(folder):
        place = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Problem(place, "a link", "files and folders", "remove it; it was not followed")
        elif place in known or (unlisted and place.startswith(unlisted)):
            continue
        elif place == ".partial" or path.suffix in (".part", ".new"):
            unlisted = (f"{place}/",)
            yield Problem(place, "left over", "nothing under way", "the recorder did not get to its end; remove it")
        elif path.is_dir() and ID.fullmatch(place):
            unlisted = (f"{place}/",)
            found = "an exchange without a line" if (path / EXCHANGE).is_file() else f"a folder without {EXCHANGE}"
            yield Problem(place, found, f"a line in {INDEX}", "take the index from a copy, or remove the folder")
        elif not path.is_dir() or not any(ID.fullmatch(f"{place}/{one.name}") for one in path.iterdir()):
            yield Problem(place, "belongs to no exchange", f"what {INDEX} names", "remove it")


def modes(folder: Path) -> Iterator[Problem]:
    """What others may read or run; one note for all of it where modes are not ours to keep."""
    kept = _keeps_modes(folder)
    found: list[tuple[str, int, int]] = []
    for path in (folder, *files(folder)):
        if path.is_symlink():
            continue
        mode, wanted = stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600
        if mode != wanted and not kept:
            found.append((path.relative_to(folder).as_posix(), mode, wanted))
        elif mode != wanted:
            place = path.relative_to(folder).as_posix()
            yield Problem(place, f"mode {mode:04o}", f"{wanted:04o}", f"run chmod {wanted:o} on it")
    if found:
        place, mode, wanted = found[0]
        remedy = "here modes are not kept"
        yield Problem(place, f"mode {mode:04o}, and {len(found) - 1} more", f"{wanted:04o}", remedy, note=True)


def _keeps_modes(folder: Path) -> bool:
    manifest = folder / MANIFEST
    if os.name != "posix" or SAMPLES in folder.resolve().parents or not manifest.is_file():
        return False
    return stat.S_IMODE(manifest.stat().st_mode) != stat.S_IMODE(folder.stat().st_mode)
