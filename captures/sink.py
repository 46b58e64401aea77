"""The sink: one body on its way to disk, decoded, redacted, hashed and measured as it comes."""

import hashlib
import os
from pathlib import Path
from typing import Any, BinaryIO

from captures import encodings
from captures.routes import Routes
from captures.windows import BodyScrub


class Sink:
    """A body on its way to disk: encoding undone, redacted, hashed, its chunks noted; memory stays bounded."""

    def __init__(self, path: Path, encoding: str, scrub: BodyScrub, routes: Routes) -> None:
        self.tags: set[str] = set()
        self._routes = routes
        self._stream = create(path)
        self._scrub = scrub
        self._hash = hashlib.sha256()
        self._encoding = encoding or None
        self._problem: str | None = None
        self._decoder: encodings.Decoder | None = None
        self._wire = self._decoded = self._written = 0
        self._chunks: list[list[int]] = []
        self._tail = b""
        if encoding:
            try:
                self._decoder = encodings.Decoder(encoding)
            except encodings.Undecodable as fault:
                self._problem = str(fault)

    def feed(self, us: int, data: bytes) -> None:
        """Takes wire bytes and when they came."""
        self._wire += len(data)
        self._take(us, self._undo(data))

    def finish(self) -> dict[str, Any]:
        """What exchange.json says of the body."""
        if self._decoder and not self._problem:
            us = self._chunks[-1][2] if self._chunks else 0
            try:
                self._take(us, self._decoder.finish())
            except encodings.Undecodable as fault:
                self._problem = f"{fault} (after {self._decoded} decoded bytes)"
        self._put(self._scrub.finish())
        self._stream.close()
        return {
            "size": self._written,
            "sha256": self._hash.hexdigest(),
            "wire_size": self._wire,
            "encoding": self._encoding,
            "undecoded": self._problem,
            "chunks": self._chunks,
        }

    def _undo(self, data: bytes) -> bytes:
        if self._decoder is None or self._problem:
            return data
        try:
            return self._decoder.feed(data)
        except encodings.Undecodable as fault:
            self._problem = f"{fault} (after {self._decoded} decoded bytes; the rest is as sent)"
            return data

    def _take(self, us: int, data: bytes) -> None:
        if data:
            self._chunks.append([self._decoded, len(data), us])
            self._decoded += len(data)
            self._put(self._scrub.feed(data))

    def _put(self, data: bytes) -> None:
        if data:
            self._stream.write(data)
            self._hash.update(data)
            self._written += len(data)
            self.tags.update(self._routes.found_tags([self._tail + data]))
            self._tail = data[-64:]


def create(path: Path) -> BinaryIO:
    """A new file that only its owner can read (0600)."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
