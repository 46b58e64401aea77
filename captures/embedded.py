"""Embedded JSON: base64 inside other text, unwrapped as far as it is text, wrapped again with other content.

Both alphabets are read, also mixed, with and without padding, and with `+` and `/` escaped for JSON or a URL. Lines
that somebody wrapped are not joined.
"""

import binascii
import re
from typing import Any

from captures.pseudonyms import plain
from captures.secret_rules import compiled

SHORTEST = 24
"""Characters under which nothing is taken for base64 of JSON."""
_PIECE = 1024
_RUN = re.compile(rb"(?:[A-Za-z0-9+/_-]+|%2[BbFf]|\\+(?:/|u002[BbFf]))*")
_UNIT = re.compile(rb"[A-Za-z0-9+/_-]|%2[BbFf]|\\+(?:/|u002[BbFf])")
_JSON = re.compile(rb"[\[{]\s*[\"\[{]")
_NO_TEXT: Any = compiled(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xc0\xc1\xf5-\xff]|[\x00-\x7f][\x80-\xbf]|[\xc2-\xf4][\x00-\x7f]"
)
_STANDARD, _URL = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")


def unwrapped(block: bytes, start: int) -> tuple[int, bytes]:
    """Where the base64 at `start` ends, or stops to be text, and what it holds up to there.

    Read in growing pieces, so that what is no text costs little wherever it is tried.
    """
    at, size, content = start, _PIECE, []
    last = False
    while not last:
        raw = _run(block, at, at + size)
        last = _UNIT.match(block, at + len(raw)) is None
        if not last:
            raw = raw[: _raw_size(raw, len(plain(raw)) // 4 * 4)]
        piece = _decoded(raw)
        if not piece:
            break
        if found := _NO_TEXT.search(piece):
            kept = found.start() // 3 * 3
            raw, piece, last = raw[: border(raw, kept)], piece[:kept], True
        content.append(piece)
        at += len(raw)
        size *= 2
    return at, b"".join(content)


def begins_json(content: bytes, size: int) -> bool:
    """Whether content that was written in `size` characters begins as an object or a list does."""
    return size >= SHORTEST and _JSON.match(content) is not None


def size_within(raw: bytes, limit: int) -> int:
    """How many bytes of content the whole groups of four characters in the first `limit` bytes hold."""
    return len(plain(_run(raw, 0, limit))) // 4 * 3


def border(raw: bytes, size: int) -> int:
    """How many bytes of base64 hold the first `size` bytes of content, a multiple of three."""
    return _raw_size(raw, size // 3 * 4)


def wrapped(raw: bytes, before: bytes, after: bytes) -> bytes | None:
    """The base64 with `after` in it instead of `before`; what did not change is written as it was.

    None if it cannot be written in the same space: an escaped `/` has no room for another character.
    """
    old, new = binascii.b2a_base64(before, newline=False), binascii.b2a_base64(after, newline=False)
    characters = plain(raw)
    shown = new.translate(_URL) if b"-" in characters or b"_" in characters else new
    units = _units(raw)
    for place, unit in enumerate(units[: len(new.rstrip(b"="))]):
        if old[place] == new[place]:
            continue
        if len(unit) == 1:
            units[place] = shown[place : place + 1]
        elif unit.startswith(b"%"):
            units[place] = b"%%%02X" % shown[place]
        elif unit.endswith(b"/"):
            return None
        else:
            units[place] = unit[:-4] + b"%04x" % shown[place]
    return b"".join(units)


def ending(block: bytes, start: int) -> int | None:
    """Where the base64 under way ends, None if not in this block."""
    found = _RUN.match(block, start)
    end = found.end() if found else start
    return None if end == len(block) else end


def _run(block: bytes, start: int, end: int) -> bytes:
    found = _RUN.match(block, start, end)
    return found.group() if found else b""


def _units(raw: bytes) -> list[bytes]:
    return _UNIT.findall(raw)


def _raw_size(raw: bytes, characters: int) -> int:
    if b"%" not in raw and b"\\" not in raw:
        return min(characters, len(raw))
    return sum(map(len, _units(raw)[:characters]))


def _decoded(raw: bytes) -> bytes:
    characters = plain(raw).translate(_STANDARD)
    characters = characters[: len(characters) - (len(characters) % 4 == 1)]
    return binascii.a2b_base64(characters + b"=" * (-len(characters) % 4))
