"""Writing one body to disk: decoded, redacted, hashed and measured chunk by chunk."""

import codecs
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wirelore.model import encodings
from wirelore.model.routes import Routes
from wirelore.redaction.windows import BodyScrub
from wirelore.store.files import write_at

_BORDERS = (b"\n", b'"', b"&")
"""Provisional data on disk ends after one of these, so that no secret is cut in half."""

_CONTINUATION = bytes(range(0x80, 0xC0))
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in b"\t\n\f\r")

_PIECE = 1 << 16
"""Bytes per write. If the disk fills up, at most this much is lost that would still have fitted."""


class BodyWriter:
    """One body being written: its encoding is undone, it is redacted and hashed, and its chunks are recorded.

    Memory is bounded. Redaction holds back bytes that a secret could still extend into. `settle`, called at intervals,
    writes these bytes provisionally, in case `finish` is never called.
    """

    def __init__(self, path: Path, encoding: str, scrub: BodyScrub, routes: Routes) -> None:
        self.tags: set[str] = set()
        self._routes = routes
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._write_failed = False
        self._scrub = scrub
        self._hash = hashlib.sha256()
        self._encoding = encoding or None
        self._problem: str | None = None
        self._decoder: encodings.Decoder | None = None
        self._wire = self._decoded = self._written = 0
        self._chunks: list[list[int]] = []
        self._tail = b""
        self._size_at_last_settle = self._reported_chunks = 0
        self._last_settle = (0, False)
        self.grown = False
        """True if final bytes have been written since the last report."""
        if encoding:
            try:
                self._decoder = encodings.Decoder(encoding)
            except encodings.Undecodable as fault:
                self._problem = str(fault)

    def feed(self, us: int, data: bytes) -> None:
        """Add bytes as received, with the time in microseconds."""
        self._wire += len(data)
        before = self._decoded
        try:
            for piece in self._decode(data):
                self._add_decoded(piece)
        finally:  # a part may have been written
            if self._decoded > before:
                self._chunks.append([before, self._decoded - before, us])

    def settle(self, *, complete: bool = False) -> dict[str, Any] | None:
        """Write provisionally the bytes that arrived before the last call. Return a report, or None if there are none.

        Unless the body is known to be `complete`, the bytes after the last border are left out.
        """
        if self._last_settle == (self._decoded, complete):
            return None
        aged = self._decoded == self._size_at_last_settle
        self._last_settle = (self._decoded, complete) if aged else (-1, complete)
        provisional = self._scrub.preview()[: max(0, self._size_at_last_settle - self._written)]
        if not (complete and aged):
            provisional = provisional[: max(provisional.rfind(border) for border in _BORDERS) + 1]
        write_at(self._descriptor, provisional, self._written)
        self._size_at_last_settle = self._decoded
        return self.report(len(provisional))

    def report(self, provisional: int = 0) -> dict[str, Any]:
        """Describe the body so far.

        `kept` is the number of valid bytes in the file, `arrived` the number received; `chunks` are those since the
        last report.
        """
        self.grown = False
        chunks, self._reported_chunks = self._chunks[self._reported_chunks :], len(self._chunks)
        return {
            "kept": self._written + provisional,
            "arrived": self._decoded,
            "wire_size": self._wire,
            "encoding": self._encoding,
            "undecoded": self._problem,
            "chunks": chunks,
        }

    def finish(self) -> dict[str, Any]:
        """Return the body's members of exchange.json. If writing failed, they describe the part written before."""
        try:
            if not self._write_failed:
                self._finish()
            return {
                "size": self._written,
                "sha256": self._hash.hexdigest(),
                "wire_size": self._wire,
                "encoding": self._encoding,
                "undecoded": self._problem,
                "chunks": trimmed(self._chunks, self._written) if self._write_failed else self._chunks,
            }
        finally:
            self.close()

    def close(self) -> None:
        """Close the file and cut it to its final bytes. `finish` does this too."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            try:
                os.ftruncate(descriptor, self._written)
            finally:
                os.close(descriptor)

    def _finish(self) -> None:
        if self._decoder and not self._problem:
            us, before = self._chunks[-1][2] if self._chunks else 0, self._decoded
            try:
                self._add_decoded(self._decoder.finish())
            except encodings.Undecodable as fault:
                self._problem = f"{fault} (after {self._decoded} decoded bytes)"
            if self._decoded > before:
                self._chunks.append([before, self._decoded - before, us])
        self._append(self._scrub.finish())

    def _decode(self, data: bytes) -> Iterator[bytes]:
        """Yield the decoded bytes in pieces, as a few encoded bytes can decode to very many."""
        if self._problem:
            yield _text_or_zeros(data)
            return
        if self._decoder is None:
            yield data
            return
        try:
            yield from self._decoder.pieces(data)
        except encodings.Undecodable as fault:
            self._problem = (
                f"{fault} (after {self._decoded} decoded bytes; "
                "the rest is stored as sent if it is text, else as zeros)"
            )
            yield _text_or_zeros(fault.rest)

    def _add_decoded(self, data: bytes) -> None:
        if data:
            self._decoded += len(data)
            self._append(self._scrub.feed(data))

    def _append(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            try:
                write_at(self._descriptor, piece, self._written)
            except OSError:
                self._write_failed = True
                raise
            self.grown = True
            self._hash.update(piece)
            self._written += len(piece)
        if data:
            window = self._tail + data
            self.tags.update(self._routes.tags_in([window]))
            self._tail = window[-64:]


def _text_or_zeros(undecoded: bytes) -> bytes:
    """Return undecodable bytes unchanged if they are text, else zeros, because no rule can scan them."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(undecoded.lstrip(_CONTINUATION))
    except UnicodeDecodeError:
        return bytes(len(undecoded))
    return undecoded if len(undecoded.translate(None, _CONTROLS)) == len(undecoded) else bytes(len(undecoded))


def trimmed(chunks: list[list[int]], size: int) -> list[list[int]]:
    """Return the chunks of a body cut to `size` bytes."""
    return [[offset, min(length, size - offset), us] for offset, length, us in chunks if offset < size]
