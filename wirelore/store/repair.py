"""Repair: closes a capture whose recorder was killed, with everything on disk, and counts the losses.

Exchanges in progress are completed from their journals and end as `recorder-lost`. Ended exchanges that are not yet in
place or in the index are moved there. Files without content are removed. A repair does nothing that the recorder would
not have done, so an interrupted repair can be repeated. The lock of the index shows whether the recorder is running.
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
from wirelore.model.exchange import COMPLETE_CAUSES, Headers, Request
from wirelore.model.routes import packaged
from wirelore.model.wording import quantity
from wirelore.store import bounded, documents, journal
from wirelore.store.body_writer import trimmed
from wirelore.store.files import replace_content
from wirelore.store.index import Index, Locked, entry_of
from wirelore.store.layout import EXCHANGE, ID, walk
from wirelore.store.reader import ASIDE, FORMAT, INDEX, MANIFEST, RECORDING, REPAIRED, SPARE, Capture
from wirelore.store.rendering import iso, rendered
from wirelore.store.unclosed import is_being_recorded, may_write

_BLOCK = 1 << 20
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_SIDES = ("request", "response")


@dataclass(frozen=True, slots=True)
class Repair:
    """The result of a repair."""

    folder: Path
    saved: int
    """Exchanges that were in progress and are now present as `recorder-lost`."""
    placed: int
    """Exchanges that had ended, but were not yet in place or in the index."""
    torn: int
    """Exchanges of which nothing had been written."""
    bytes_lost: int
    """Bytes of bodies that had arrived but were not written, as far as known."""
    recorded: int
    """All exchanges that are present now."""

    def __str__(self) -> str:
        lost = f"{quantity(self.bytes_lost, 'byte')} of these and " if self.bytes_lost else ""
        return (
            f"repaired {self.folder}: its recorder was killed; "
            f"{quantity(self.recorded, 'exchange')} present, {self.saved} of them cut off (recorder-lost), "
            f"{self.placed} added to the index, {self.torn} not recoverable; "
            f"lost: {lost}the traffic of the last seconds and later"
        )


@dataclass(slots=True)
class _Sums:
    """The manifest's totals over all exchanges."""

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
        if start:  # 0 for an import without times
            end = start + document["end"]["us"]
            self.started_us = min(self.started_us or start, start)
            self.ended_us = max(self.ended_us or end, end)


def repair(folder: Path) -> Repair | None:
    """Close the capture if its recorder is gone. Return None if there is nothing to do. Raises OSError on failure.

    If the folder is not writable, PermissionError is raised before any change. An unreadable capture does not raise
    here; its reader reports it.
    """
    if not _is_abandoned(folder):
        return None
    if not may_write(folder):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    try:
        with Index(folder / INDEX, new=False) as index:
            return _repaired(folder, index) if _is_open(folder) else None
    except Locked:
        return None


def repair_all(folders: Iterable[Path]) -> Iterator[str]:
    """Repair the captures that need it and yield a line for each of them.

    Captures in folders that are not writable stay unchanged, without a line: see `unrepaired`.
    """
    for folder in folders:
        try:
            result = repair(folder)
        except OSError as fault:
            if fault.errno in _READ_ONLY and not may_write(folder):
                continue
            yield f"not repaired {folder}: its recorder was killed, but {fault}; only complete exchanges are read"
        else:
            if result:
                yield str(result)


def unrepaired_messages(folders: Iterable[Path]) -> Iterator[str]:
    """Yield a line, with reason and remedy, for each capture left open by its recorder and not repaired."""
    for folder in folders:
        if _is_abandoned(folder) and (line := Capture(folder).incomplete):
            yield line


def _is_abandoned(folder: Path) -> bool:
    return _is_open(folder) and not is_being_recorded(folder / INDEX)


def _is_open(folder: Path) -> bool:
    manifest = _manifest(folder)
    return manifest is not None and manifest.get("status") == RECORDING and manifest.get("format") == FORMAT


def _manifest(folder: Path) -> dict[str, Any] | None:
    manifest = _document(folder / MANIFEST)
    try:
        documents.check_manifest(manifest)
    except ValueError:  # reported by the reader
        return None
    return manifest


def _document(path: Path) -> dict[str, Any] | None:
    try:
        value = codec.document(bounded.read(path)).value
    except OSError:  # missing or not a regular file
        return None
    return value if isinstance(value, dict) else None


def _exchange(folder: Path) -> dict[str, Any] | None:
    document = _document(folder / EXCHANGE)
    return document if document and _is_exchange(document) else None


def _is_exchange(document: dict[str, Any]) -> bool:
    """Return True if a recorder could have written the document. A capture may come from a stranger."""
    try:
        documents.check_exchange(document, str(document.get("id")))
        entry_of(document)
    except (KeyError, ValueError):
        return False
    return _is_id(document["id"])


def _repaired(folder: Path, index: Index) -> Repair:
    if link := next((path for path in walk(folder) if path.is_symlink()), None):
        raise OSError(f"{link} is a symbolic link, which is not followed; remove it")
    for name in (SPARE, MANIFEST + ".new"):  # SPARE reserves the space for the new manifest
        (folder / name).unlink(missing_ok=True)
    entries = _complete_entries(index)
    listed_ids = {entry["id"] for entry in entries}
    saved = torn = lost = 0
    aside = folder / ASIDE
    for path in sorted(aside.iterdir()) if aside.is_dir() else []:
        if not path.is_dir():
            path.unlink()
            continue
        document = _exchange(path)
        if document is None:
            completed = _complete(path)
            if completed is None:
                torn += 1
                shutil.rmtree(path)
                continue
            document, missing = completed
            saved, lost = saved + 1, lost + missing
        (path / journal.NAME).unlink(missing_ok=True)
        final = folder / document["id"]
        final.parent.mkdir(mode=0o700, exist_ok=True)
        path.rename(final)
    new_entries = [entry_of(document) for document in _unlisted(folder, listed_ids)]
    for entry in sorted(new_entries, key=lambda entry: (entry["started"], entry["sequence"])):
        index.append(entry)
        entries.append(entry)
    index.drain()
    if aside.is_dir():
        aside.rmdir()
    result = Repair(folder, saved, len(new_entries) - saved, torn, lost, len(entries))
    _close(folder, entries, index.sha256, result)
    return result


def _is_id(name: object) -> bool:
    return isinstance(name, str) and ID.fullmatch(name) is not None


def _complete_entries(index: Index) -> list[dict[str, Any]]:
    """Return the complete lines of the index and cut off everything after them."""
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


def _unlisted(folder: Path, listed_ids: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the exchanges that are in place but not in the index."""
    for path in sorted(folder.glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if name not in listed_ids and (document := _exchange(path)) and document["id"] == name:
            yield document


def _complete(path: Path) -> tuple[dict[str, Any], int] | None:
    """Write the exchange.json of an exchange in progress. Return it with the number of lost bytes, or None."""
    try:
        journaled = journal.read(path)
        if journaled is None or not _is_exchange(journaled[0]):
            return None
        document, bodies = journaled
        tags: set[str] = set()
        missing = sum(_complete_body(path, side, document.get(side), bodies.get(side), tags) for side in _SIDES)
        document.update(tags=sorted(tags), bytes_not_kept=missing)
        if not _is_exchange(document):
            return None
    except (AttributeError, KeyError, TypeError, ValueError):  # not written by a recorder
        return None
    replace_content(path / EXCHANGE, rendered(document))
    return document, missing


def _complete_body(path: Path, side: str, message: Any, body: dict[str, Any] | None, tags: set[str]) -> int:
    """Complete the document of a body and cut its file to the valid bytes. Return the number of lost bytes."""
    file = path / f"{side}.body"
    size = file.stat().st_size if file.is_file() else 0
    valid_size = min(int(body["kept"]), size) if body and message else 0
    if body is None or not valid_size:
        file.unlink(missing_ok=True)
        return int(body["arrived"]) if body else size
    os.truncate(file, valid_size)
    encoding_members = {name: body[name] for name in ("wire_size", "encoding", "undecoded")}
    message["body"] = {
        **encoding_members,
        "size": valid_size,
        "sha256": _sha256(file, tags),
        "chunks": trimmed(body["chunks"], valid_size),
    }
    return max(0, int(body["arrived"]) - valid_size)


def _sha256(path: Path, tags: set[str]) -> str:
    """Return the hash of a body and add its tags."""
    digest, tail = hashlib.sha256(), b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            tags.update(packaged().tags_in([tail + block]))
            tail = block[-64:]
    return digest.hexdigest()


def _close(folder: Path, entries: list[dict[str, Any]], sha256: str, result: Repair) -> None:
    """Write the manifest for the present exchanges, keeping the counts that the recorder had written."""
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
            "aborted": sum(count for cause, count in sums.ends.items() if cause not in COMPLETE_CAUSES),
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
    replace_content(folder / MANIFEST, codec.pretty(manifest))
