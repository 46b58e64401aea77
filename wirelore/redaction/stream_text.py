"""Pieces: texts that server-sent events bring bit by bit, joined again, so that no secret hides in the joints.

Nothing is known here of any protocol: what the events of a stream have under one name, in the same place among the
members of that name and with the same numbers in `index` members, is taken for one text.
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
    """A text with its pieces: where each begins in it, and where in the block, and where the lines of its event do."""

    joined: bytes
    starts: list[int]
    places: list[int]
    lines: list[int]

    def spread(self, spans: Iterable[Span], more: int | None) -> Iterator[Span]:
        """What was found in the text, with its places in the block; without what one piece shows by itself.

        `more` is where the block ends, if further pieces may come: what is found at the text's end may then go on.
        """
        cursor = 0
        for span in sorted(spans, key=lambda span: span.start):
            first, last = self._piece(span.lead + 1), self._piece(span.end)
            going = more is not None and span.end == len(self.joined)
            if (first == last and not going) or span.end <= cursor:
                continue
            if span.start < cursor:
                span = span._replace(start=cursor, inside=None)
            cursor = span.end
            begun = self._piece(span.start + 1)
            bounds = [span.start, *self.starts[begun + 1 : last + 1], span.end]
            shifts = [self.places[number] - self.starts[number] for number in range(begun, last + 1)]
            pieces = tuple(
                (begin + shift, end + shift)
                for shift, (begin, end) in zip(shifts, itertools.pairwise(bounds), strict=True)
            )
            end = more if going and more is not None else pieces[-1][1]
            yield span._replace(lead=self.lines[first], start=pieces[0][0], end=end, ending=None, pieces=pieces)

    def _piece(self, end: int) -> int:
        """In which piece a range that ends there ends."""
        return bisect.bisect_left(self.starts, end) - 1


def texts(block: bytes, start: int) -> Iterator[Text]:
    """The texts of the events whose lines begin at `start` or later; those of one piece, or of equal ones, are not."""
    if b"\ndata:" not in block and (b"\r" not in block or b"\rdata:" not in block):
        return
    pieces: dict[_Key, list[tuple[int, int, int]]] = {}
    for key, *place in _strings(block, start):
        pieces.setdefault(key, []).append((place[0], place[1], place[2]))
    for found in pieces.values():
        contents = [block[begin:end] for _, begin, end in found]
        if any(content != contents[0] for content in contents):
            starts = [0]
            for content in contents[:-1]:
                starts.append(starts[-1] + len(content))
            yield Text(b"".join(contents), starts, [begin for _, begin, _ in found], [line for line, _, _ in found])


def _strings(block: bytes, start: int) -> Iterator[tuple[_Key, int, int, int]]:
    """Where the strings that are members stand, after what tells to which text each belongs, and where its line is."""
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
    seen: Counter[bytes] = Counter()
    for name, begin, end in strings:
        yield (name, seen[name], indexes), line, begin, end
        seen[name] += 1
