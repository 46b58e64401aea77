"""Escapes: text with characters spelled out that need not be, as JSON (`\\u0073`), URLs (`%73`), programs (`\\x73`) do.

See `wirelore.redaction.text_codecs.Code` for what the methods give.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wirelore.redaction.pseudonyms import SIMPLE, spelled
from wirelore.redaction.secret_rules import expression

_PLACEHOLDER = 0x7F
"""Stands in the content for a character that is more than one byte of it."""
_LETTER = rb'(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrtbf"/])'
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}|\\{2,}(?=\\{1,2}" + _LETTER + rb")|\\{1,2}" + _LETTER + rb"|\\+")
"""Backslashes that escape no letter are one backslash of the content, of whatever depth of nesting."""
_RUN = re.compile(rb'(?:[^\x00-\x1f"\\]++|\\+[^\\\x00-\x1f])*+')


@dataclass(frozen=True)
class Escapes:
    """Text with characters spelled out as `\\u0073` or `%73`, up to a quote or a line end; others stand as they are."""

    name: str = "escapes"
    begins: str = r'(?:[^\x00-\x1f"\\]|\\+[^\\\x00-\x1f])*(?:%[0-7][0-9a-fA-F]|\\+(?:u00|x)[0-7][0-9a-fA-F])'
    group: int = 1

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See Code."""
        while found := expression(self.begins).search(block, start):
            end, content = self.unwrapped(block, found.start())
            yield found.start(), end, content
            start = max(end, found.end())

    def unwrapped(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See Code."""
        found = _RUN.match(block, start)
        raw = found.group() if found else b""
        return start + len(raw), _ESCAPE.sub(lambda found: bytes([_meant(found[0])]), raw)

    def held(self, raw: bytes) -> int:
        """See Code."""
        return len(_ESCAPE.sub(b"x", raw))

    def whole(self, raw: bytes, limit: int) -> int:
        """See Code."""
        size, cursor = 0, 0
        for found in _ESCAPE.finditer(raw):
            if found.end() > limit:
                limit = min(limit, found.start())
                break
            size += found.start() - cursor + 1
            cursor = found.end()
        return size + min(limit, len(raw)) - cursor

    def borders(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See Code."""
        escapes, ends, shift = _ESCAPE.finditer(raw), list[int](), 0
        escape = next(escapes, None)
        for size in sizes:
            while escape and escape.start() - shift < size:
                shift += len(escape[0]) - 1
                escape = next(escapes, None)
            ends.append(min(size + shift, len(raw)))
        return ends

    def wrapped(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See Code."""
        made, cursor, at = [], 0, 0
        for found in _ESCAPE.finditer(raw):
            plainly = found.start() - cursor
            made.append(after[at : at + plainly])
            at, cursor = at + plainly + 1, found.end()
            same = before[at - 1] == after[at - 1]
            made.append(found[0] if same else spelled(found[0], after[at - 1 : at]))
        return b"".join(made) + after[at:]

    def ending(self, block: bytes, start: int) -> int | None:
        """See Code."""
        found = _RUN.match(block, start)
        end = found.end() if found else start
        return None if end == len(block) else end


def _meant(escape: bytes) -> int:
    """The character that an escape means, if it is ASCII's."""
    letter = escape.lstrip(b"\\")
    digits = escape[1:] if escape[:1] == b"%" else letter[1:] if len(letter) in (3, 5) else b""
    number = int(digits, 16) if digits else SIMPLE.get(letter, letter or b"\\")[0]
    return number if number < 0x80 else _PLACEHOLDER
