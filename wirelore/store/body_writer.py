"""The sink: one body on its way to disk, decoded, redacted, hashed and measured as it comes."""

import codecs
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wirelore.model import encodings
from wirelore.model.routes import Routes
from wirelore.redaction.windows import BodyScrub
from wirelore.store.files import put

_BORDERS = (b"\n", b'"', b"&")
"""What is put on the disk before it is settled ends after one of these, so that no secret is cut in half."""

_CONTINUATION = bytes(range(0x80, 0xC0))
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in b"\t\n\f\r")

_PIECE = 1 << 16
"""Bytes written at once: where a disk gets full, at most so many less are kept than there was room for."""


class BodyWriter:
    """A body on its way to disk: encoding undone, redacted, hashed, its chunks noted; memory stays bounded.

    Redaction holds bytes back until nothing can reach into them any more. `settle`, called now and then, puts these on
    the disk too, for the case that nobody comes to `finish`.
    """

    def __init__(self, path: Path, encoding: str, scrub: BodyScrub, routes: Routes) -> None:
        self.tags: set[str] = set()
        self._routes = routes
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._stuck = False
        self._scrub = scrub
        self._hash = hashlib.sha256()
        self._encoding = encoding or None
        self._problem: str | None = None
        self._decoder: encodings.Decoder | None = None
        self._wire = self._decoded = self._written = 0
        self._chunks: list[list[int]] = []
        self._tail = b""
        self._before = self._told = 0
        self._settled = (0, False)
        self.grown = False
        """Whether more was written for good since the last report."""
        if encoding:
            try:
                self._decoder = encodings.Decoder(encoding)
            except encodings.Undecodable as fault:
                self._problem = str(fault)

    def feed(self, us: int, data: bytes) -> None:
        """Takes wire bytes and when they came."""
        self._wire += len(data)
        before = self._decoded
        try:
            for piece in self._undo(data):
                self._take(piece)
        finally:  # a part may have found room
            if self._decoded > before:
                self._chunks.append([before, self._decoded - before, us])

    def settle(self, *, whole: bool = False) -> dict[str, Any] | None:
        """Puts on the disk what came before the last call and is not settled yet; reports it, or None if it is nothing.

        Of a body that is not known to be `whole` what follows the last border is left out.
        """
        if self._settled == (self._decoded, whole):
            return None
        aged = self._decoded == self._before
        self._settled = (self._decoded, whole) if aged else (-1, whole)
        held = self._scrub.foreseen()[: max(0, self._before - self._written)]
        if not (whole and aged):
            held = held[: max(held.rfind(border) for border in _BORDERS) + 1]
        put(self._descriptor, held, self._written)
        self._before = self._decoded
        return self.report(len(held))

    def report(self, held: int = 0) -> dict[str, Any]:
        """What is known of the body: `kept` of the file's bytes count, `arrived` came, `chunks` are the new ones."""
        self.grown = False
        chunks, self._told = self._chunks[self._told :], len(self._chunks)
        return {
            "kept": self._written + held,
            "arrived": self._decoded,
            "wire_size": self._wire,
            "encoding": self._encoding,
            "undecoded": self._problem,
            "chunks": chunks,
        }

    def finish(self) -> dict[str, Any]:
        """What exchange.json says of the body; if a part could not be written, of what was written before it."""
        try:
            if not self._stuck:
                self._finish()
            return {
                "size": self._written,
                "sha256": self._hash.hexdigest(),
                "wire_size": self._wire,
                "encoding": self._encoding,
                "undecoded": self._problem,
                "chunks": trimmed(self._chunks, self._written) if self._stuck else self._chunks,
            }
        finally:
            self.close()

    def close(self) -> None:
        """Lets the file go, with what was written for good; `finish` does it too."""
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
                self._take(self._decoder.finish())
            except encodings.Undecodable as fault:
                self._problem = f"{fault} (after {self._decoded} decoded bytes)"
            if self._decoded > before:
                self._chunks.append([before, self._decoded - before, us])
        self._put(self._scrub.finish())

    def _undo(self, data: bytes) -> Iterator[bytes]:
        """The bytes decoded, piece by piece: a few of them may stand for very many."""
        if self._problem:
            yield _kept(data)
            return
        if self._decoder is None:
            yield data
            return
        try:
            yield from self._decoder.pieces(data)
        except encodings.Undecodable as fault:
            self._problem = (
                f"{fault} (after {self._decoded} decoded bytes; the rest is as sent where it is text, or zeros)"
            )
            yield _kept(fault.rest)

    def _take(self, data: bytes) -> None:
        if data:
            self._decoded += len(data)
            self._put(self._scrub.feed(data))

    def _put(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            try:
                put(self._descriptor, piece, self._written)
            except OSError:
                self._stuck = True
                raise
            self.grown = True
            self._hash.update(piece)
            self._written += len(piece)
        if data:
            self.tags.update(self._routes.found_tags([self._tail + data]))
            self._tail = data[-64:]


def _kept(undecoded: bytes) -> bytes:
    """Bytes that could not be decoded if they are text all the same; else zeros: no rule can look into them."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(undecoded.lstrip(_CONTINUATION))
    except UnicodeDecodeError:
        return bytes(len(undecoded))
    return undecoded if len(undecoded.translate(None, _CONTROLS)) == len(undecoded) else bytes(len(undecoded))


def trimmed(chunks: list[list[int]], size: int) -> list[list[int]]:
    """The chunks of a body of which only so many bytes are there."""
    return [[offset, min(length, size - offset), us] for offset, length, us in chunks if offset < size]
