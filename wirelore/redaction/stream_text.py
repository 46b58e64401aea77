"""Texts that are split over server-sent events, joined, so that a secret across events is found.

No protocol is assumed: strings of a stream's events form one text if they have the same member name, the same position
among members of that name, and the same numbers in `index` members.
"""

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wirelore.redaction.secret_scan import Span

_STRING = rb'([^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+)"'
_TOKEN = re.compile(rb'(?<![^\r\n])data:|"' + _STRING + rb'[ \t]*+:[ \t]*+(?:"' + _STRING + rb"|(\d+))")
_Key = tuple[bytes, int, tuple[bytes, ...]]


class Text(NamedTuple):
    """A joined text with its pieces: their offsets in the text, in the block, and those of their events' lines."""

    joined: bytes
    starts: list[int]
    places: list[int]
    lines: list[int]

    def spread(self, spans: Iterable[Span], block_end: int | None) -> Iterator[Span]:
        """Yield the spans of the joined text as spans of the block, without those within a single piece.

        `block_end` is given if further pieces may follow; a span at the text's end may then go on.
        """
        cursor = 0
        for span in sorted(spans, key=lambda span: span.start):
            first_piece, last_piece = self._piece_at(span.lead + 1), self._piece_at(span.end)
            is_open = block_end is not None and span.end == len(self.joined)
            if (first_piece == last_piece and not is_open) or span.end <= cursor:
                continue
            if span.start < cursor:
                span = span._replace(start=cursor, inside=None)
            cursor = span.end
            start_piece = self._piece_at(span.start + 1)
            bounds = [span.start, *self.starts[start_piece + 1 : last_piece + 1], span.end]
            shifts = [self.places[number] - self.starts[number] for number in range(start_piece, last_piece + 1)]
            pieces = tuple(
                (begin + shift, end + shift)
                for shift, (begin, end) in zip(shifts, itertools.pairwise(bounds), strict=True)
            )
            end = block_end if is_open and block_end is not None else pieces[-1][1]
            yield span._replace(lead=self.lines[first_piece], start=pieces[0][0], end=end, ending=None, pieces=pieces)

    def _piece_at(self, end: int) -> int:
        """Return the number of the piece in which a range with this end ends."""
        return bisect.bisect_left(self.starts, end) - 1


def texts(block: bytes, start: int) -> Iterator[Text]:
    """Yield the texts of the events whose lines begin at `start` or later.

    Texts of a single piece, or of equal pieces, are skipped.
    """
    if b"\ndata:" not in block and (b"\r" not in block or b"\rdata:" not in block):
        return
    pieces: dict[_Key, list[tuple[int, int, int]]] = {}
    for key, *location in _strings(block, start):
        pieces.setdefault(key, []).append((location[0], location[1], location[2]))
    for occurrences in pieces.values():
        contents = [block[begin:end] for _, begin, end in occurrences]
        if any(content != contents[0] for content in contents):
            starts = [0]
            for content in contents[:-1]:
                starts.append(starts[-1] + len(content))
            yield Text(
                b"".join(contents), starts, [begin for _, begin, _ in occurrences], [line for line, _, _ in occurrences]
            )


def _strings(block: bytes, start: int) -> Iterator[tuple[_Key, int, int, int]]:
    """Yield the key and range of each member that is a string, and the offset of its line."""
    line = -1
    strings: list[tuple[bytes, int, int]] = []
    indexes: list[bytes] = []
    for token in _TOKEN.finditer(block, start):
        kind = token.lastindex
        if kind is None:
            yield from _placed(line, strings, tuple(indexes))
            line, strings, indexes = token.start(), [], []
        elif line < 0:
            continue
        elif kind == 2:
            begin, end = token.span(2)
            if begin < end:
                strings.append((token[1], begin, end))
        elif token[1].endswith(b"index"):
            indexes.append(token[3])
    yield from _placed(line, strings, tuple(indexes))


def _placed(
    line: int, strings: Iterable[tuple[bytes, int, int]], indexes: tuple[bytes, ...]
) -> Iterator[tuple[_Key, int, int, int]]:
    counts: Counter[bytes] = Counter()
    for name, begin, end in strings:
        yield (name, counts[name], indexes), line, begin, end
        counts[name] += 1
