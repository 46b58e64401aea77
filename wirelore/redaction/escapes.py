"""The codec for escaped characters, as in JSON (`\\u0073`), URLs (`%73`) and programs (`\\x73`).

See `wirelore.redaction.text_codecs.TextCodec` for the methods.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wirelore.redaction.pseudonyms import SIMPLE, respelled
from wirelore.redaction.secret_rules import expression

_PLACEHOLDER = 0x7F
"""The placeholder in the content for a character of more than one byte."""
_LETTER = rb'(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrtbf"/])'
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}|\\{2,}(?=\\{1,2}" + _LETTER + rb")|\\{1,2}" + _LETTER + rb"|\\+")
"""Backslashes that do not escape a letter count as one backslash of the content, at any depth of nesting."""
_RUN = re.compile(rb'(?:[^\x00-\x1f"\\]++|\\+[^\\\x00-\x1f])*+')


@dataclass(frozen=True)
class Escapes:
    r"""The codec for text with escapes such as `\u0073` or `%73`, up to a quote or a line end."""

    name: str = "escapes"
    start_pattern: str = r'(?:[^\x00-\x1f"\\]|\\+[^\\\x00-\x1f])*(?:%[0-7][0-9a-fA-F]|\\+(?:u00|x)[0-7][0-9a-fA-F])'
    group: int = 1

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See TextCodec."""
        while match := expression(self.start_pattern).search(block, start):
            end, content = self.decode(block, match.start())
            yield match.start(), end, content
            start = max(end, match.end())

    def decode(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See TextCodec."""
        match = _RUN.match(block, start)
        raw = match.group() if match else b""
        return start + len(raw), _ESCAPE.sub(lambda match: bytes([_escaped_character(match[0])]), raw)

    def content_size(self, raw: bytes) -> int:
        """See TextCodec."""
        return len(_ESCAPE.sub(b"x", raw))

    def complete_size(self, raw: bytes, limit: int) -> int:
        """See TextCodec."""
        size, cursor = 0, 0
        for match in _ESCAPE.finditer(raw):
            if match.end() > limit:
                limit = min(limit, match.start())
                break
            size += match.start() - cursor + 1
            cursor = match.end()
        return size + min(limit, len(raw)) - cursor

    def encoded_sizes(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See TextCodec."""
        escapes, ends, shift = _ESCAPE.finditer(raw), list[int](), 0
        escape = next(escapes, None)
        for size in sizes:
            while escape and escape.start() - shift < size:
                shift += len(escape[0]) - 1
                escape = next(escapes, None)
            ends.append(min(size + shift, len(raw)))
        return ends

    def encode(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See TextCodec."""
        pieces, cursor, offset = [], 0, 0
        for match in _ESCAPE.finditer(raw):
            unescaped_size = match.start() - cursor
            pieces.append(after[offset : offset + unescaped_size])
            offset, cursor = offset + unescaped_size + 1, match.end()
            unchanged = before[offset - 1] == after[offset - 1]
            pieces.append(match[0] if unchanged else respelled(match[0], after[offset - 1 : offset]))
        return b"".join(pieces) + after[offset:]

    def ending(self, block: bytes, start: int) -> int | None:
        """See TextCodec."""
        match = _RUN.match(block, start)
        end = match.end() if match else start
        return None if end == len(block) else end


def _escaped_character(escape: bytes) -> int:
    """Return the escaped character if it is ASCII, else the placeholder."""
    letter = escape.lstrip(b"\\")
    digits = escape[1:] if escape[:1] == b"%" else letter[1:] if len(letter) in (3, 5) else b""
    number = int(digits, 16) if digits else SIMPLE.get(letter, letter or b"\\")[0]
    return number if number < 0x80 else _PLACEHOLDER
