"""Search for remains of planted secrets in bytes, also after decoding everything that a reader might decode."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import numpy as np
import numpy.typing as npt

from tests.leaks.planting import Plant

GRAM = 8
"""The length of the shortest part of a secret that counts."""
_DEPTH = 3
_BATCH = 1 << 20
"""The total size in bytes of files that are decoded together, which is faster than one by one."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BITS = 22
_ESCAPE = re.compile(rb"\\+(?:u([0-9a-fA-F]{4})|([^u\\]))", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"[0-9a-fA-F]{16,}")
_READABLE = re.compile(rb"[\t\n\r\0 -~]{8,}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Remain(NamedTuple):
    """A part of a planted secret that was found."""

    plant: Plant
    size: int
    """The number of its characters that are readable in one piece."""
    location: str
    """`files` or `names`, or the name of another text."""
    decoded_as: str
    """The encodings that were decoded to read it."""


class Search:
    """A search for parts of many planted secrets at once."""

    def __init__(self, plants: Iterable[Plant]) -> None:
        self._plants_by_gram: dict[bytes, list[Plant]] = {}
        for plant in plants:
            secret = plant.secret.encode()
            begin = len(plant.kind.kept) if plant.secret.startswith(plant.kind.kept) else 0
            for offset in range(begin, len(secret) - GRAM + 1):
                if not _is_public(plant, offset):
                    self._plants_by_gram.setdefault(secret[offset : offset + GRAM], []).append(plant)
        self._grams = np.sort(np.frombuffer(b"".join(self._plants_by_gram), dtype="<u8"))
        self._maybe = np.zeros(1 << _BITS, dtype=np.bool_)
        self._maybe[_hashed(self._grams)] = True

    def folder(self, folder: Path) -> Iterator[Remain]:
        """Yield the remains in the files below a folder, and in their names."""
        paths = sorted(folder.rglob("*"))
        yield from self.data("\n".join(path.relative_to(folder).as_posix() for path in paths).encode(), "names")
        batch, size = list[bytes](), 0
        for path in (path for path in paths if path.is_file()):
            content = path.read_bytes()
            batch += [content, joined(content)] if b"data:" in content else [content]
            size += len(content)
            if size > _BATCH:
                yield from self.data(b"\n\n".join(batch), "files")
                batch, size = [], 0
        yield from self.data(b"\n\n".join(batch), "files")

    def data(self, data: bytes, location: str) -> Iterator[Remain]:
        """Yield the remains in bytes."""
        for decoded_as, view in views(data):
            for plant, size in self._matches(view):
                yield Remain(plant, size, location, decoded_as)

    def parts(self, data: bytes) -> Iterator[Plant]:
        """Yield the plants of which a part is in the bytes, without decoding."""
        yield from (plant for plant, _ in self._matches(data))

    def _matches(self, view: bytes) -> Iterator[tuple[Plant, int]]:
        grams_found: set[bytes] = set()
        for offset in range(min(GRAM, len(view))):
            count = (len(view) - offset) // GRAM
            if not count:
                break
            grams = np.frombuffer(view, dtype="<u8", count=count, offset=offset)
            grams = grams[self._maybe[_hashed(grams)]]
            places = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
            grams_found.update(gram.tobytes() for gram in np.unique(grams[self._grams[places] == grams]))
        longest: dict[int, tuple[Plant, bytes]] = {}
        for gram in grams_found:
            for plant in self._plants_by_gram[gram]:
                part = longest.get(id(plant), (plant, b""))[1]
                if gram not in part:
                    part = max(part, _common(plant.secret.encode(), gram, view), key=len)
                    longest[id(plant)] = plant, part
        yield from ((plant, len(part)) for plant, part in longest.values() if len(part) >= plant.kind.least)


def views(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the data and its decoded forms (escapes, encodings, joined events), also nested."""
    hashes: set[int] = set()
    under_way = [("", data)]
    for depth in range(_DEPTH + 1):
        following: list[tuple[str, bytes]] = []
        for decoded_as, view in under_way:
            if len(view) < GRAM or hash(view) in hashes:
                continue
            hashes.add(hash(view))
            yield decoded_as, view
            if depth < _DEPTH:
                following += [(f"{decoded_as} {name}".strip(), decoded) for name, decoded in _decodings(view)]
        under_way = following


def _decodings(view: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\\" in view:
        yield "escapes", _ESCAPE.sub(_unescaped, view)
    if b"%" in view:
        once = unquote_to_bytes(view)
        yield "URL-encoding", once
    if b"\0" in view:
        yield "UTF-16", view.replace(b"\0", b"")
    yield "base64", b"\n".join(part for content in _decoded(view) for part in _READABLE.findall(content))
    yield "hex", b"\n".join(part for content in _unhexed(view) for part in _READABLE.findall(content))


def _unhexed(view: bytes) -> Iterator[bytes]:
    for run in _HEX.findall(view):
        for start in (0, 1):
            yield binascii.unhexlify(run[start : len(run) - (len(run) - start) % 2])


def _decoded(view: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(view):
        plain = run.translate(_STANDARD)
        for start in range(4):
            usable = plain[start : len(plain) - (len(plain) - start) % 4]
            yield base64.b64decode(usable)
        yield base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"=" * (-len(plain) % 4 % 3))


def joined(stream: bytes) -> bytes:
    """Return the texts of events: the strings at the same place of each event, concatenated."""
    texts: dict[tuple[object, ...], list[str]] = {}
    for line in stream.split(b"\n"):
        if line.startswith(b"data:"):
            try:
                value = json.loads(line[5:])
            except ValueError:
                continue
            index = value.get("index") if isinstance(value, dict) else None
            for place, text in _strings(value):
                texts.setdefault((index, *place), []).append(text)
                texts.setdefault(place, []).append(text)
    return b"\n".join("".join(pieces).encode("utf-8", "surrogatepass") for pieces in texts.values())


def _strings(value: Any, place: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, (*place, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, (*place, "[]"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return chr(int(match[1], 16)).encode("utf-8", "surrogatepass")
    return _SIMPLE.get(match[2], match[2])


def _is_public(plant: Plant, offset: int) -> bool:
    """Return True if the part of the secret at this offset overlaps a part that all secrets of its kind have."""
    begins = ((plant.secret.find(public), len(public)) for public in plant.kind.public)
    return any(begin < offset + GRAM and offset < begin + size for begin, size in begins)


def _hashed(grams: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return (grams * _FACTOR) >> np.uint64(64 - _BITS)


def _common(secret: bytes, gram: bytes, view: bytes) -> bytes:
    """Return the part of the secret around the gram that is in the view."""
    begin, position = secret.index(gram), view.index(gram)
    end = GRAM
    while (
        begin + end < len(secret) and secret[begin + end : begin + end + 1] == view[position + end : position + end + 1]
    ):
        end += 1
    while begin and position and secret[begin - 1] == view[position - 1]:
        begin, position, end = begin - 1, position - 1, end + 1
    return secret[begin : begin + end]
