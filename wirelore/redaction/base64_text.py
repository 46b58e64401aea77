"""Base64 inside other text: decoded as far as it is text, and encoded again with redacted content.

Both alphabets are recognized, also mixed, with and without padding, with `+` and `/` escaped for JSON or a URL, and
with line breaks, plain or escaped.
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
"""The minimum number of characters for base64 of JSON."""
_PIECE = 1024
_BREAK = rb"(?:\r?\n[ \t]*|\\+r\\+n|\\+n|%0[dD]%0[aA]|%0[aA])(?=[A-Za-z0-9+/_-])"
_BREAKS = re.compile(_BREAK)
_RUN = re.compile(rb"(?:[A-Za-z0-9+/_-]+|%2[BbFf]|\\+(?:/|u002[BbFf])|" + _BREAK + rb")*")
_UNIT = re.compile(rb"(?:" + _BREAK + rb")*(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\+(?:/|u002[BbFf]))")
_JSON = re.compile(rb"[\[{]\s*[\"\[{]")
_NOT_TEXT: Any = compiled(
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
"""The beginning of JSON in base64: an object or a list, possibly indented."""
_TEXT = "(?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){4}"
"""Groups of four characters that decode to three ASCII bytes: none above 0x7f, the first not below 8."""
_STANDARD, _URL = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True)
class Base64Text:
    """The codec for base64 of JSON, or of text that contains ASCII."""

    name: str = "base64"
    start_pattern: str = f"(?:{_JSON_BEGINS})|{_TEXT}"
    group: int = 3

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See TextCodec. Base64 may begin at any character of a run, so all four alignments are tried."""
        search_from = start
        while match := expression(self.start_pattern).search(block, search_from):
            preceding = block[max(start, match.start() - _REWOUND) : match.start()]
            begin = match.start() - len(preceding) + len(preceding.rstrip(_ALPHABET))
            search_from = max(_end(block, match.start()), match.end())
            for offset in _stretches(block, begin, search_from):
                end, content = decode_text(block, offset)
                if content:
                    yield offset, end, content

    def decode(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See TextCodec."""
        return decode_text(block, start)

    def content_size(self, raw: bytes) -> int:
        """See TextCodec."""
        return len(unescaped(raw)) * 3 // 4

    def complete_size(self, raw: bytes, limit: int) -> int:
        """See TextCodec."""
        return complete_size(raw, limit)

    def encoded_sizes(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See TextCodec."""
        return encoded_sizes(raw, sizes)

    def encode(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See TextCodec."""
        return encode_text(raw, before, after)

    def ending(self, block: bytes, start: int) -> int | None:
        """See TextCodec."""
        return end_of(block, start)


def decode_text(block: bytes, start: int) -> tuple[int, bytes]:
    """Return the offset where the base64 at `start` ends or is no longer text, and the content up to there.

    It is read in growing pieces, so that an attempt on other data is cheap.
    """
    offset, size, content = start, _PIECE, []
    last = False
    while not last and (raw := read_groups(block, offset, size)):
        piece = decode(raw)
        if not piece:
            break
        last = len(piece) % 3 != 0
        if match := _NOT_TEXT.search(piece):
            valid_size = match.start() + (piece[match.start()] < 0x80 and match.end() - match.start() == 2)
            raw, piece, last = raw[: encoded_sizes(raw, [valid_size])[0]], piece[:valid_size], True
        content.append(piece)
        offset += len(raw)
        size *= 2
    return offset, b"".join(content)


def read_groups(block: bytes, start: int, size: int) -> bytes:
    """Return about `size` bytes of the base64 at `start`: complete groups of four characters, or all up to its end."""
    raw = _run(block, start, start + size)
    if _UNIT.match(block, start + len(raw)) is None:
        return raw
    return raw[: encoded_sizes(raw, [len(unescaped(raw)) // 4 * 3])[0]]


def is_json_start(content: bytes, size: int) -> bool:
    """Return True if content encoded in `size` characters begins like a JSON object or list."""
    return size >= SHORTEST and _JSON.match(content) is not None


def complete_size(raw: bytes, limit: int) -> int:
    """Return the content size of the complete groups of four characters in the first `limit` bytes."""
    return len(unescaped(_run(raw, 0, limit))) // 4 * 3


def unescaped(raw: bytes) -> bytes:
    """Return the characters of base64 without escapes and line breaks."""
    return raw if _plain(raw) else plain(_BREAKS.sub(b"", raw))


def encoded_sizes(raw: bytes, sizes: Sequence[int]) -> list[int]:
    """Return, for each size, how many bytes of base64 encode that many bytes of content."""
    counts = [-(-size * 4 // 3) for size in sizes]
    if _plain(raw):
        return [min(count, len(raw)) for count in counts]
    ends = [0, *itertools.accumulate(map(len, _units(raw)))]
    return [ends[min(count, len(ends) - 1)] for count in counts]


def encode_text(raw: bytes, before: bytes, after: bytes) -> bytes | None:
    """Encode `after` instead of `before`, keeping the spelling of unchanged characters.

    Return None if it does not fit: an escaped `/` has no room for another character.
    """
    old, new = binascii.b2a_base64(before, newline=False), binascii.b2a_base64(after, newline=False)
    alphabet_characters = unescaped(raw)
    new_characters = new.translate(_URL) if b"-" in alphabet_characters or b"_" in alphabet_characters else new
    units = _units(raw)
    for index, original_unit in enumerate(units[: len(new.rstrip(b"="))]):
        if old[index] == new[index]:
            continue
        unit = _BREAKS.sub(b"", original_unit)
        if len(unit) == 1:
            unit = new_characters[index : index + 1]
        elif unit.startswith(b"%"):
            unit = b"%%%02X" % new_characters[index]
        elif unit.endswith(b"/"):
            return None
        else:
            unit = unit[:-4] + b"%04x" % new_characters[index]
        units[index] = original_unit[: len(original_unit) - len(unit)] + unit
    return b"".join(units)


def end_of(block: bytes, start: int) -> int | None:
    """Return the offset where the base64 ends, or None if it may go on in the next block."""
    match = _RUN.match(block, start)
    end = match.end() if match else start
    return None if end == len(block) else end


def _end(block: bytes, start: int) -> int:
    match = _RUN.match(block, start)
    return match.end() if match else start


def _stretches(block: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the offsets in a run of base64 characters where text begins, for each of the four alignments."""
    raw = block[start:end]
    alphabet_characters = unescaped(raw)
    ends = None if _plain(raw) else [0, *itertools.accumulate(map(len, _units(raw)))]
    for first in range(min(4, len(alphabet_characters))):
        for match in _STRETCH.finditer(_bytes(alphabet_characters[first:])):
            offset = first - (-match.start() // 3) * 4
            yield start + (ends[offset] if ends else offset)


def _run(block: bytes, start: int, end: int) -> bytes:
    match = _RUN.match(block, start, end)
    return match.group() if match else b""


def _units(raw: bytes) -> list[bytes]:
    return _UNIT.findall(raw)


def _plain(raw: bytes) -> bool:
    return b"%" not in raw and b"\\" not in raw and b"\n" not in raw


def decode(raw: bytes) -> bytes:
    """Decode base64 with or without padding."""
    return _bytes(unescaped(raw))


def _bytes(text: bytes) -> bytes:
    text = text.translate(_STANDARD)
    text = text[: len(text) - (len(text) % 4 == 1)]
    return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
