"""Writing captures, always through redaction.

The layout is docs/capture-format.md. Folders are 0700 and files 0600; an exchange's folder appears only when it is
complete. Captures are read by `wirelore.store.reader`, whose names are exported here as well.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import COMPLETE_CAUSES, Exchange, Request
from wirelore.model.routes import Routes, packaged
from wirelore.redaction.pseudonym_digests import digests
from wirelore.redaction.redactor import Redactor
from wirelore.store.completeness import name_among
from wirelore.store.exchange_writer import ExchangeWriter
from wirelore.store.files import create, replace_content
from wirelore.store.index import Index, Locked
from wirelore.store.reader import (
    ASIDE,
    CLOSED,
    FORMAT,
    INDEX,
    MANIFEST,
    RECORDING,
    SPARE,
    Capture,
    Unreadable,
    capture_folders,
    captures_in,
    find,
    is_capture,
)
from wirelore.store.rendering import clamped_us, iso

__all__ = [
    "FORMAT",
    "INDEX",
    "MANIFEST",
    "Capture",
    "CaptureWriter",
    "ExchangeWriter",
    "Unreadable",
    "capture_folders",
    "captures_in",
    "find",
    "is_capture",
]

_SPARE = (SPARE, 256 << 10)
"""The name and size of a file that is removed before closing, so that a full disk has space for the manifest."""
_LONGEST = "x" * 120
"""The longest possible folder name: a time, a sequence, and `wirelore.model.routes.slug`."""


class CaptureWriter:
    """A capture being written. Several exchanges can be in progress at a time; each appears when it ends."""

    def __init__(
        self,
        folder: Path,
        redactor: Redactor,
        *,
        routes: Routes | None = None,
        tool: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        key_id: str = "",
    ) -> None:
        """Create the capture in a new or empty folder. Raises FileExistsError if the folder is not empty.

        `key_id` names the redactor's key in the manifest, see `wirelore.redaction.keys`.
        """
        if (folder / MANIFEST).exists():
            raise FileExistsError(f"{folder}: already contains a capture; choose another name")
        if folder.is_dir() and any(folder.iterdir()):  # an existing link could redirect what is written
            raise FileExistsError(f"{folder}: is not empty; choose another name, or move away what is in it")
        self.folder = folder
        self.routes = routes or packaged()
        self.redactor = redactor
        self.sequence = 0
        self.categories: Counter[str] = Counter()
        self.causes: Counter[str] = Counter()
        self.redactions: Counter[str] = Counter()
        self.completeness: Counter[str] = Counter()
        """Counts for the manifest besides the writer's own: not_decrypted, failed_to_write, websockets, ..."""
        self.notes: dict[str, Any] = {}
        """Additional members of the manifest, for example the hosts that were passed through."""
        self.clients: set[str] = set()
        self.latest: Mapping[str, Any] = {}
        """The index line of the exchange that ended last."""
        self._tool = dict(tool or {})
        self._options = dict(options or {})
        self._key = {"key": key_id} if key_id else {}
        self._first_us: int | None = None
        self._last_us: int | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_room_for_names(folder)
        try:
            self._index = Index(folder / INDEX, new=True)
        except Locked:
            raise FileExistsError(f"{folder}: is being recorded; choose another name") from None
        (folder / ASIDE).mkdir(mode=0o700, exist_ok=True)
        self._manifest(RECORDING)
        with create(folder / _SPARE[0]) as stream:
            stream.write(bytes(_SPARE[1]))
        self._written_account = self._account()

    def begin(
        self, started_us: int, request: Request, *, connection: Mapping[str, Any] | None = None
    ) -> ExchangeWriter:
        """Begin an exchange with its request head, started at Unix microseconds. The bodies follow in chunks."""
        return self._begin(started_us, request, connection or {}, journaled=True)

    def _begin(
        self, started_us: int, request: Request, connection: Mapping[str, Any], *, journaled: bool
    ) -> ExchangeWriter:
        self.sequence += 1
        return ExchangeWriter(self, self.sequence, clamped_us(started_us), request, connection, journaled=journaled)

    def write(
        self,
        exchange: Exchange,
        *,
        request_body: Iterable[tuple[int, bytes]] = (),
        response_body: Iterable[tuple[int, bytes]] = (),
        encoded: bool | Collection[str] = True,
        head_us: int | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> str:
        """Write a complete exchange and return its id. The bodies are (microseconds, bytes) chunks.

        If `encoded` is False, the chunks are already decoded, although the headers name a content-encoding; a
        collection names the sides (`request`, `response`) whose chunks are still encoded. `head_us` is the time of the
        response head. `notes` are additional members of exchange.json, redacted like the rest. The exchange's own
        bodies, id, sequence, operation, category, tags, facts and redactions are ignored.
        """
        entry = self._begin(exchange.started_us, exchange.request, exchange.connection, journaled=False)
        entry.origin, entry.source, entry.absent = exchange.origin, exchange.source, exchange.absent
        entry.encoded = encoded
        entry.notes = dict(notes or {})
        for us, data in request_body:
            entry.request_chunk(us, data)
        if exchange.response is not None:
            entry.response_head(exchange.response, head_us)
            for us, data in response_body:
                entry.response_chunk(us, data)
        return entry.end(exchange.end)

    def settle(self) -> None:
        """Update the manifest and the index. What cannot be written is retried at the next call."""
        with suppress(OSError):  # no space: `close` tries again and raises
            self._index.drain()
            if self._written_account != (account := self._account()):
                self._manifest(RECORDING)
                self._written_account = account

    def close(self) -> None:
        """Write the final manifest. Exchanges that have not ended are lost, so end them first.

        Raises OSError on failure; the capture can then be repaired.
        """
        try:
            (self.folder / _SPARE[0]).unlink(missing_ok=True)
            self._index.drain()
            aside = self.folder / ASIDE
            if aside.is_dir() and not any(aside.iterdir()):
                aside.rmdir()
            self._manifest(CLOSED)
        finally:
            with suppress(OSError):  # the first error is raised
                self._index.close()

    def _account(self) -> bytes:
        return codec.line([self.completeness, self.notes])

    def add(self, line: dict[str, Any], started_us: int, ended_us: int, client: str) -> None:
        """Add the index line of an exchange that is in place. Times are Unix microseconds."""
        self.latest = line
        self._index.append(line)
        self.categories[line["category"]] += 1
        self.causes[line["end"]] += 1
        if client:
            self.clients.add(name_among(client, self.clients))
        if started_us:  # 0 for an import without times
            self._first_us = min(self._first_us or started_us, started_us)
            self._last_us = max(self._last_us or ended_us, ended_us)

    def _manifest(self, status: str) -> None:
        scrub = self.redactor.exchange()
        tool, options, notes = (scrub.value(member) for member in (self._tool, self._options, self.notes))
        manifest = {
            "format": FORMAT,
            "status": status,
            "tool": tool,
            "clients": sorted(self.clients),
            "started": iso(self._first_us),
            "ended": iso(self._last_us),
            "options": options,
            "redaction": {
                "policy": self.redactor.policy,
                **self._key,
                "replaced": dict(sorted(self.redactions.items())),
                **({"pseudonyms": digests(scrub.written)} if scrub.written else {}),
            },
            "completeness": {
                "recorded": sum(self.categories.values()),
                "aborted": sum(n for cause, n in self.causes.items() if cause not in COMPLETE_CAUSES),
                **dict(sorted(self.completeness.items())),
            },
            "categories": dict(sorted(self.categories.items())),
            "ends": dict(sorted(self.causes.items())),
            "index_sha256": self._index.sha256,
            **notes,
        }
        replace_content(self.folder / MANIFEST, codec.pretty(manifest))


def _check_room_for_names(folder: Path) -> None:
    """Raise OSError if an exchange's file names would be too long for the file system below this folder."""
    try:
        (folder / "telemetry" / _LONGEST / "exchange.json.new").lstat()
    except FileNotFoundError:
        return
