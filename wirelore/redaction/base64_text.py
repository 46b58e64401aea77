"""Embedded text: base64 inside other text, unwrapped as far as it is text, wrapped again with other content.

Both alphabets are read, also mixed, with and without padding, with `+` and `/` escaped for JSON or a URL, and over the
line ends that somebody wrapped it with, as they are or escaped.
"""

import binascii
import itertools
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wirelore.redaction.pseudonyms import plain
from wirelore.redaction.secret_rules import compiled, expression

SHORTEST = 24
"""Characters under which nothing is taken for base64 of JSON."""
_PIECE = 1024
_BREAK = rb"(?:\r?\n[ \t]*|\\+r\\+n|\\+n|%0[dD]%0[aA]|%0[aA])(?=[A-Za-z0-9+/_-])"
_BREAKS = re.compile(_BREAK)
_RUN = re.compile(rb"(?:[A-Za-z0-9+/_-]+|%2[BbFf]|\\+(?:/|u002[BbFf])|" + _BREAK + rb")*")
_UNIT = re.compile(rb"(?:" + _BREAK + rb")*(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\+(?:/|u002[BbFf]))")
_JSON = re.compile(rb"[\[{]\s*[\"\[{]")
_NO_TEXT: Any = compiled(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xc0\xc1\xf5-\xff]|[\x00-\x7f][\x80-\xbf]|[\xc2-\xf4][\x00-\x7f]"
)
_STRETCH: Any = compiled(
    r"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){10,}"
)
_ALPHABET = string.ascii_letters.encode() + string.digits.encode() + b"+/_-"
_REWOUND = 1024
_JSON_BEGINS = (
    r"(?:e(?:y[AI-L]|w[0ko])|W(?:y[AI-L]|[13][s-v]|w[0ko]))(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\+(?:/|u002[BbFf])){21}"
)
"""How JSON begins in base64: as an object or a list, maybe on several lines."""
_TEXT = "(?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){4}"
"""Groups of four characters that are three of ASCII's: none of the bytes is above 0x7f, the first not below 8."""
_STANDARD, _URL = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True)
class Base64Text:
    """Base64 of JSON, or of text with some ASCII in it."""

    name: str = "base64"
    begins: str = f"(?:{_JSON_BEGINS})|{_TEXT}"
    group: int = 3

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See TextCodec. Base64 may begin at any character of a run, so all four groupings are tried."""
        at = start
        while found := expression(self.begins).search(block, at):
            before = block[max(start, found.start() - _REWOUND) : found.start()]
            begin = found.start() - len(before) + len(before.rstrip(_ALPHABET))
            at = max(_end(block, found.start()), found.end())
            for place in _stretches(block, begin, at):
                end, content = unwrapped(block, place)
                if content:
                    yield place, end, content

    def unwrapped(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See Code."""
        return unwrapped(block, start)

    def held(self, raw: bytes) -> int:
        """See Code."""
        return len(characters(raw)) * 3 // 4

    def whole(self, raw: bytes, limit: int) -> int:
        """See Code."""
        return size_within(raw, limit)

    def borders(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See Code."""
        return borders(raw, sizes)

    def wrapped(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See Code."""
        return wrapped(raw, before, after)

    def ending(self, block: bytes, start: int) -> int | None:
        """See Code."""
        return ending(block, start)


def unwrapped(block: bytes, start: int) -> tuple[int, bytes]:
    """Where the base64 at `start` ends, or stops to be text, and what it holds up to there.

    Read in growing pieces, so that what is no text costs little wherever it is tried.
    """
    at, size, content = start, _PIECE, []
    last = False
    while not last and (raw := groups(block, at, size)):
        piece = decoded(raw)
        if not piece:
            break
        last = len(piece) % 3 != 0
        if found := _NO_TEXT.search(piece):
            kept = found.start() + (piece[found.start()] < 0x80 and found.end() - found.start() == 2)
            raw, piece, last = raw[: borders(raw, [kept])[0]], piece[:kept], True
        content.append(piece)
        at += len(raw)
        size *= 2
    return at, b"".join(content)


def groups(block: bytes, at: int, size: int) -> bytes:
    """The base64 that follows, some `size` bytes: whole groups of four characters, or all to its end."""
    raw = _run(block, at, at + size)
    if _UNIT.match(block, at + len(raw)) is None:
        return raw
    return raw[: borders(raw, [len(characters(raw)) // 4 * 3])[0]]


def begins_json(content: bytes, size: int) -> bool:
    """Whether content that was written in `size` characters begins as an object or a list does."""
    return size >= SHORTEST and _JSON.match(content) is not None


def size_within(raw: bytes, limit: int) -> int:
    """How many bytes of content the whole groups of four characters in the first `limit` bytes hold."""
    return len(characters(_run(raw, 0, limit))) // 4 * 3


def characters(raw: bytes) -> bytes:
    """The characters of base64 as they are meant, without line ends."""
    return raw if _plain(raw) else plain(_BREAKS.sub(b"", raw))


def borders(raw: bytes, sizes: Sequence[int]) -> list[int]:
    """How many bytes of base64 hold the first bytes of content, for each of the sizes."""
    counts = [-(-size * 4 // 3) for size in sizes]
    if _plain(raw):
        return [min(count, len(raw)) for count in counts]
    ends = [0, *itertools.accumulate(map(len, _units(raw)))]
    return [ends[min(count, len(ends) - 1)] for count in counts]


def wrapped(raw: bytes, before: bytes, after: bytes) -> bytes | None:
    """The base64 with `after` in it instead of `before`; what did not change is written as it was.

    None if it cannot be written in the same space: an escaped `/` has no room for another character.
    """
    old, new = binascii.b2a_base64(before, newline=False), binascii.b2a_base64(after, newline=False)
    meant = characters(raw)
    shown = new.translate(_URL) if b"-" in meant or b"_" in meant else new
    units = _units(raw)
    for place, whole in enumerate(units[: len(new.rstrip(b"="))]):
        if old[place] == new[place]:
            continue
        unit = _BREAKS.sub(b"", whole)
        if len(unit) == 1:
            unit = shown[place : place + 1]
        elif unit.startswith(b"%"):
            unit = b"%%%02X" % shown[place]
        elif unit.endswith(b"/"):
            return None
        else:
            unit = unit[:-4] + b"%04x" % shown[place]
        units[place] = whole[: len(whole) - len(unit)] + unit
    return b"".join(units)


def ending(block: bytes, start: int) -> int | None:
    """Where the base64 under way ends, None if not in this block."""
    found = _RUN.match(block, start)
    end = found.end() if found else start
    return None if end == len(block) else end


def _end(block: bytes, start: int) -> int:
    found = _RUN.match(block, start)
    return found.end() if found else start


def _stretches(block: bytes, start: int, end: int) -> Iterator[int]:
    """Where in a run of base64's characters text begins, whichever of them is the first of a group."""
    raw = block[start:end]
    meant = characters(raw)
    ends = None if _plain(raw) else [0, *itertools.accumulate(map(len, _units(raw)))]
    for first in range(min(4, len(meant))):
        for found in _STRETCH.finditer(_bytes(meant[first:])):
            place = first - (-found.start() // 3) * 4
            yield start + (ends[place] if ends else place)


def _run(block: bytes, start: int, end: int) -> bytes:
    found = _RUN.match(block, start, end)
    return found.group() if found else b""


def _units(raw: bytes) -> list[bytes]:
    return _UNIT.findall(raw)


def _plain(raw: bytes) -> bool:
    return b"%" not in raw and b"\\" not in raw and b"\n" not in raw


def decoded(raw: bytes) -> bytes:
    """What base64 holds, with or without padding."""
    return _bytes(characters(raw))


def _bytes(meant: bytes) -> bytes:
    meant = meant.translate(_STANDARD)
    meant = meant[: len(meant) - (len(meant) % 4 == 1)]
    return binascii.a2b_base64(meant + b"=" * (-len(meant) % 4))
