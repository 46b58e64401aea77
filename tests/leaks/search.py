"""Search: what is left of planted secrets in bytes, also after undoing whatever a reader might undo."""

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
"""The shortest part of a secret that counts."""
_DEPTH = 3
_BATCH = 1 << 20
"""Files are read together up to so many bytes: undoing costs less at once than one by one."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BITS = 22
_ESCAPE = re.compile(rb"\\+(?:u([0-9a-fA-F]{4})|([^u\\]))", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"[0-9a-fA-F]{16,}")
_READABLE = re.compile(rb"[\t\n\r\0 -~]{8,}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Left(NamedTuple):
    """A part of a planted secret that was found."""

    plant: Plant
    size: int
    """How many characters of it are readable in one piece."""
    where: str
    """In files or in their names."""
    undone: str
    """What had to be undone to read it."""


class Search:
    """Looks for the parts of planted secrets, all at once."""

    def __init__(self, plants: Iterable[Plant]) -> None:
        self._of: dict[bytes, list[Plant]] = {}
        for plant in plants:
            secret = plant.secret.encode()
            begin = len(plant.kind.kept) if plant.secret.startswith(plant.kind.kept) else 0
            for at in range(begin, len(secret) - GRAM + 1):
                if not _is_public(plant, at):
                    self._of.setdefault(secret[at : at + GRAM], []).append(plant)
        self._grams = np.sort(np.frombuffer(b"".join(self._of), dtype="<u8"))
        self._maybe = np.zeros(1 << _BITS, dtype=np.bool_)
        self._maybe[_hashed(self._grams)] = True

    def folder(self, folder: Path) -> Iterator[Left]:
        """What is left in any file below a folder, and in their names."""
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

    def data(self, data: bytes, where: str) -> Iterator[Left]:
        """What is left in bytes."""
        for undone, view in views(data):
            for plant, size in self._within(view):
                yield Left(plant, size, where, undone)

    def parts(self, data: bytes) -> Iterator[Plant]:
        """Of which plants a part stands in the bytes as they are."""
        yield from (plant for plant, _ in self._within(data))

    def _within(self, view: bytes) -> Iterator[tuple[Plant, int]]:
        found: set[bytes] = set()
        for offset in range(min(GRAM, len(view))):
            count = (len(view) - offset) // GRAM
            if not count:
                break
            grams = np.frombuffer(view, dtype="<u8", count=count, offset=offset)
            grams = grams[self._maybe[_hashed(grams)]]
            places = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
            found.update(gram.tobytes() for gram in np.unique(grams[self._grams[places] == grams]))
        longest: dict[int, tuple[Plant, bytes]] = {}
        for gram in found:
            for plant in self._of[gram]:
                part = longest.get(id(plant), (plant, b""))[1]
                if gram not in part:
                    part = max(part, _common(plant.secret.encode(), gram, view), key=len)
                    longest[id(plant)] = plant, part
        yield from ((plant, len(part)) for plant, part in longest.values() if len(part) >= plant.kind.least)


def views(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The data, and what it says after undoing escapes, encodings and the cutting into events, also one in another."""
    seen: set[int] = set()
    under_way = [("", data)]
    for depth in range(_DEPTH + 1):
        following: list[tuple[str, bytes]] = []
        for undone, view in under_way:
            if len(view) < GRAM or hash(view) in seen:
                continue
            seen.add(hash(view))
            yield undone, view
            if depth < _DEPTH:
                following += [(f"{undone} {name}".strip(), made) for name, made in _undone(view)]
        under_way = following


def _undone(view: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\\" in view:
        yield "escapes", _ESCAPE.sub(_meant, view)
    if b"%" in view:
        once = unquote_to_bytes(view)
        yield "URL-encoding", once
    if b"\0" in view:
        yield "UTF-16", view.replace(b"\0", b"")
    yield "base64", b"\n".join(part for content in _decoded(view) for part in _READABLE.findall(content))
    yield "hex", b"\n".join(part for content in _unhexed(view) for part in _READABLE.findall(content))


def _unhexed(view: bytes) -> Iterator[bytes]:
    for run in _HEX.findall(view):
        for at in (0, 1):
            yield binascii.unhexlify(run[at : len(run) - (len(run) - at) % 2])


def _decoded(view: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(view):
        plain = run.translate(_STANDARD)
        for at in range(4):
            usable = plain[at : len(plain) - (len(plain) - at) % 4]
            yield base64.b64decode(usable)
        yield base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"=" * (-len(plain) % 4 % 3))


def joined(stream: bytes) -> bytes:
    """What the events of a stream say: the strings in the same place of each, one after the other."""
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


def _meant(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return chr(int(found[1], 16)).encode("utf-8", "surrogatepass")
    return _SIMPLE.get(found[2], found[2])


def _is_public(plant: Plant, at: int) -> bool:
    """Whether the part of the secret that begins there is partly what all of its kind have."""
    begins = ((plant.secret.find(public), len(public)) for public in plant.kind.public)
    return any(begin < at + GRAM and at < begin + size for begin, size in begins)


def _hashed(grams: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return (grams * _FACTOR) >> np.uint64(64 - _BITS)


def _common(secret: bytes, gram: bytes, view: bytes) -> bytes:
    """The part of the secret around the gram that stands in the view."""
    begin, at = secret.index(gram), view.index(gram)
    end = GRAM
    while begin + end < len(secret) and secret[begin + end : begin + end + 1] == view[at + end : at + end + 1]:
        end += 1
    while begin and at and secret[begin - 1] == view[at - 1]:
        begin, at, end = begin - 1, at - 1, end + 1
    return secret[begin : begin + end]
