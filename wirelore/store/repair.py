"""Repair: a capture whose recorder was killed is closed, with all that it had kept, and what is missing is counted.

Exchanges under way are made whole from their journals and end as `recorder-lost`; those that had ended and were not
yet in their place, or not in the index, get there; what holds nothing is removed. Only what the recorder itself would
have done is done, so a repair that is killed can be repaired. Whether a recorder is gone tells the lock of its index.
"""

import errno
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import WHOLE, Headers, Request
from wirelore.model.routes import packaged
from wirelore.store import bounded, documents, journal
from wirelore.store.body_writer import trimmed
from wirelore.store.files import place
from wirelore.store.index import Index, Locked, entry_of
from wirelore.store.layout import EXCHANGE, ID, files
from wirelore.store.reader import ASIDE, FORMAT, INDEX, MANIFEST, RECORDING, REPAIRED, SPARE, Capture
from wirelore.store.rendering import iso, rendered
from wirelore.store.unclosed import is_recorded, may_write

_BLOCK = 1 << 20
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_SIDES = ("request", "response")


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair found."""

    folder: Path
    saved: int
    """Exchanges under way that are there now, as `recorder-lost`."""
    placed: int
    """Exchanges that had ended, and were not yet in their place or in the index."""
    torn: int
    """Exchanges that had hardly begun: nothing of them was there."""
    bytes_lost: int
    """Bytes of bodies that had arrived and were not kept yet, as far as is known."""
    recorded: int
    """Exchanges that are there now, in all."""

    def __str__(self) -> str:
        lost = f"{self.bytes_lost} bytes of theirs and " if self.bytes_lost else ""
        return (
            f"repaired {self.folder}: its recorder was killed; {self.recorded} exchanges are there, {self.saved} of "
            f"them were under way and end as recorder-lost, {self.placed} had not been filed, {self.torn} could not be "
            f"saved; lost: {lost}what came in its last seconds or after it"
        )


@dataclass(slots=True)
class _Sums:
    """What a manifest says of all exchanges together."""

    categories: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    clients: set[str] = field(default_factory=set)
    started_us: int | None = None
    ended_us: int | None = None

    def add(self, document: dict[str, Any]) -> None:
        self.categories[document["category"]] += 1
        self.ends[document["end"]["cause"]] += 1
        self.replaced.update(document["redactions"])
        self.clients.add(Request(headers=Headers(tuple(map(tuple, document["request"]["headers"])))).client)
        start = document["started_us"]
        if start:  # an import that tells no times has none
            end = start + document["end"]["us"]
            self.started_us = min(self.started_us or start, start)
            self.ended_us = max(self.ended_us or end, end)


def repair(folder: Path) -> Repair | None:
    """Closes the capture if its recorder is gone; None if there is nothing to do. Raises OSError if it cannot be done.

    Where nothing may be written, PermissionError is raised before anything is changed. Raises nothing for a capture
    that cannot be read: who reads it says so.
    """
    if not _is_left(folder):
        return None
    if not may_write(folder):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    try:
        with Index(folder / INDEX, new=False) as index:
            return _repaired(folder, index) if _is_open(folder) else None
    except Locked:
        return None


def repairs(folders: Iterable[Path]) -> Iterator[str]:
    """Repairs what needs it among captures; yields a line for each that did.

    Captures that lie where nothing may be written stay as they are, without a line: `unrepaired` has one for them.
    """
    for folder in folders:
        try:
            done = repair(folder)
        except OSError as fault:
            if fault.errno in _READ_ONLY and not may_write(folder):
                continue
            yield f"not repaired {folder}: its recorder was killed, but {fault}; what is whole is read"
        else:
            if done:
                yield str(done)


def unrepaired(folders: Iterable[Path]) -> Iterator[str]:
    """A line for each capture that its recorder left open and that is not repaired, with the reason and the remedy."""
    for folder in folders:
        if _is_left(folder) and (line := Capture(folder).incomplete):
            yield line


def _is_left(folder: Path) -> bool:
    return _is_open(folder) and not is_recorded(folder / INDEX)


def _is_open(folder: Path) -> bool:
    manifest = _manifest(folder)
    return manifest is not None and manifest.get("status") == RECORDING and manifest.get("format") == FORMAT


def _manifest(folder: Path) -> dict[str, Any] | None:
    manifest = _document(folder / MANIFEST)
    try:
        documents.check_manifest(manifest)
    except ValueError:  # who reads it says so
        return None
    return manifest


def _document(path: Path) -> dict[str, Any] | None:
    try:
        found = codec.document(bounded.read(path)).value
    except OSError:  # missing, or no file: then there is none
        return None
    return found if isinstance(found, dict) else None


def _exchange(folder: Path) -> dict[str, Any] | None:
    document = _document(folder / EXCHANGE)
    return document if document and _is_exchange(document) else None


def _is_exchange(document: dict[str, Any]) -> bool:
    """Whether a recorder can have written it: a capture may come from a stranger."""
    try:
        documents.check_exchange(document, str(document.get("id")))
        entry_of(document)
    except (KeyError, ValueError):
        return False
    return _is_id(document["id"])


def _repaired(folder: Path, index: Index) -> Repair:
    if link := next((path for path in files(folder) if path.is_symlink()), None):
        raise OSError(f"{link} is a link, which is not followed; remove it")
    for left in (SPARE, MANIFEST + ".new"):  # the first is room that was kept for this
        (folder / left).unlink(missing_ok=True)
    entries = _kept_entries(index)
    known = {entry["id"] for entry in entries}
    saved = torn = lost = 0
    aside = folder / ASIDE
    for path in sorted(aside.iterdir()) if aside.is_dir() else []:
        if not path.is_dir():
            path.unlink()
            continue
        document = _exchange(path)
        if document is None:
            made = _completed(path)
            if made is None:
                torn += 1
                shutil.rmtree(path)
                continue
            document, missing = made
            saved, lost = saved + 1, lost + missing
        (path / journal.NAME).unlink(missing_ok=True)
        final = folder / document["id"]
        final.parent.mkdir(mode=0o700, exist_ok=True)
        path.rename(final)
    found = [entry_of(document) for document in _unlisted(folder, known)]
    for entry in sorted(found, key=lambda entry: (entry["started"], entry["sequence"])):
        index.append(entry)
        entries.append(entry)
    index.drain()
    if aside.is_dir():
        aside.rmdir()
    result = Repair(folder, saved, len(found) - saved, torn, lost, len(entries))
    _close(folder, entries, index.sha256, result)
    return result


def _is_id(name: object) -> bool:
    return isinstance(name, str) and ID.fullmatch(name) is not None


def _kept_entries(index: Index) -> list[dict[str, Any]]:
    """The whole lines of the index; what follows a torn one is taken out of the file."""
    entries: list[dict[str, Any]] = []
    size, content = 0, index.read()
    for line in content.splitlines(keepends=True):
        entry = codec.document(line).value if line.endswith(b"\n") else None
        if not isinstance(entry, dict) or not _is_id(entry.get("id")):
            break
        entries.append(entry)
        size += len(line)
    index.keep(content[:size])
    return entries


def _unlisted(folder: Path, known: set[str]) -> Iterator[dict[str, Any]]:
    """The exchanges in their places of which the index does not know."""
    for path in sorted(folder.glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if name not in known and (document := _exchange(path)) and document["id"] == name:
            yield document


def _completed(path: Path) -> tuple[dict[str, Any], int] | None:
    """Makes the exchange.json of an exchange that was under way, tells how many bytes it lacks; None if it cannot."""
    try:
        noted = journal.read(path)
        if noted is None or not _is_exchange(noted[0]):
            return None
        document, bodies = noted
        tags: set[str] = set()
        missing = sum(_missing(path, side, document.get(side), bodies.get(side), tags) for side in _SIDES)
        document.update(tags=sorted(tags), bytes_not_kept=missing)
        if not _is_exchange(document):
            return None
    except (AttributeError, KeyError, TypeError, ValueError):  # no recorder wrote that
        return None
    place(path / EXCHANGE, rendered(document))
    return document, missing


def _missing(path: Path, side: str, message: Any, body: dict[str, Any] | None, tags: set[str]) -> int:
    """Completes what a document says of a body, and cuts its file to what is sure; returns how many bytes it lacks."""
    file = path / f"{side}.body"
    there = file.stat().st_size if file.is_file() else 0
    kept = min(int(body["kept"]), there) if body and message else 0
    if body is None or not kept:
        file.unlink(missing_ok=True)
        return int(body["arrived"]) if body else there
    os.truncate(file, kept)
    known = {name: body[name] for name in ("wire_size", "encoding", "undecoded")}
    message["body"] = {
        **known,
        "size": kept,
        "sha256": _sha256(file, tags),
        "chunks": trimmed(body["chunks"], kept),
    }
    return max(0, int(body["arrived"]) - kept)


def _sha256(path: Path, tags: set[str]) -> str:
    """The hash of a body; the tags that it has are added."""
    digest, tail = hashlib.sha256(), b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            tags.update(packaged().found_tags([tail + block]))
            tail = block[-64:]
    return digest.hexdigest()


def _close(folder: Path, entries: list[dict[str, Any]], sha256: str, result: Repair) -> None:
    """Writes the manifest after what is there, with the counts that the recorder had left in it."""
    manifest, sums = _manifest(folder) or {}, _Sums()
    for entry in entries:
        if document := _exchange(folder / entry["id"]):
            sums.add(document)
    redaction = manifest.get("redaction")
    manifest.update(
        status=REPAIRED,
        clients=sorted(filter(None, sums.clients)),
        started=iso(sums.started_us),
        ended=iso(sums.ended_us),
        redaction={
            **(redaction if isinstance(redaction, dict) else {}),
            "replaced": dict(sorted(sums.replaced.items())),
        },
        completeness={
            **manifest["completeness"],
            "recorded": sums.ends.total(),
            "aborted": sum(count for cause, count in sums.ends.items() if cause not in WHOLE),
            "recorder_lost": 1,
            **({"not_saved": result.torn} if result.torn else {}),
        },
        categories=dict(sorted(sums.categories.items())),
        ends=dict(sorted(sums.ends.items())),
        index_sha256=sha256,
        repair={
            "saved": result.saved,
            "filed": result.placed,
            "torn": result.torn,
            "bytes_not_kept": result.bytes_lost,
        },
    )
    place(folder / MANIFEST, codec.pretty(manifest))
