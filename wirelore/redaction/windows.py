"""Windows: a body of any length redacted in bounded memory.

Nothing is given out before a match can no longer reach into it, so how the bytes were cut does not change the result.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Protocol

from wirelore.redaction.secret_rules import Rule
from wirelore.redaction.secret_scan import Span
from wirelore.redaction.text_codecs import Decoded, Encoder

WINDOW = 256 * 1024
"""How many bytes a scan gives out at most."""
TAIL = 64 * 1024
"""How many bytes a scan holds back, because a match may reach beyond them."""
_CONTEXT = 512
_LINE = 16 * 1024
"""So far back a window ends after a line, so that events stay whole."""
_MOST = 4 << 20
"""To this many bytes a window grows for a secret whose pieces are spread over more than it."""
_LONG = Rule("long-value", "long", "anywhere")


class Spans(Protocol):
    """Finds what is secret in a block from `start` on."""

    def __call__(self, block: bytes, start: int, final: bool, *, inside: Encoder | None) -> list[Span]:
        """`inside` is given if the block goes on inside a code, and is what stood in it before."""
        ...


class BodyScrub:
    """Redacts one body as it comes, in bounded memory; the bytes given out are as many as those taken in.

    A value that is longer than a whole window is replaced piece by piece until it ends. Text in a code that is longer
    is redacted piece by piece too, cut where the code allows it, and not inside what is found in it; if that alone
    fills a window, it is hidden from there to its end. For a secret whose pieces are spread over more than a window,
    the window grows, to 4 MB at most.
    """

    def __init__(self, spans: "Spans", replaced: Callable[[bytes, int, int, Iterable[Span]], bytes]) -> None:
        self._spans = spans
        self._replaced = replaced
        self._pieces: list[bytes] = []
        self._size = 0
        self._context = b""
        self._owed: tuple[int, Span] | None = None
        self._inside: Encoder | None = None
        self._window = WINDOW + TAIL
        self.given = 0
        """How many bytes were given out so far; while `replaced` is asked, before those that it is asked for."""

    def feed(self, data: bytes) -> bytes:
        """Takes bytes and gives out those that are settled."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size < self._window:
            return b""
        pending = b"".join(self._pieces)
        done, start = [], 0
        while len(pending) - start >= self._window:
            piece = self._scan(pending[start : start + self._window], final=False)
            self._window = WINDOW + TAIL if piece else 2 * self._window
            done.append(piece)
            start += len(piece)
        self._pieces, self._size = [pending[start:]], len(pending) - start
        return b"".join(done)

    def finish(self) -> bytes:
        """Gives out the rest."""
        pending = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        return self._scan(pending, final=True) if pending else b""

    def foreseen(self) -> bytes:
        """What `finish` would give out if nothing more came, its secrets masked with `*`; nothing changes by it."""
        twin = copy(self)
        twin._replaced = _masked
        return twin.finish()

    def _scan(self, data: bytes, *, final: bool) -> bytes:
        start = len(self._context)
        block = self._context + data
        inside, owed = self._inside, self._owed
        spans = self._spans(block, start, final, inside=inside)
        self._inside = None
        if owed:
            spans.insert(0, self._continued(block, start))
        end = len(block) if final else reach(block, start)
        if spans and not final:
            end = self._settled(spans, block, start, end)
            if end == start:
                self._inside, self._owed = inside, owed
                return b""
        self._context = block[max(0, end - _CONTEXT) : end]
        done = self._replaced(block, start, end, spans) if spans else block[start:end]
        self.given += len(done)
        return done

    def _settled(self, spans: list[Span], block: bytes, start: int, wanted: int) -> int:
        """How far the block can be given out so that no finding is cut; one that fills the window is cut and owed.

        Not at all, if pieces are spread over it and the window may grow.
        """
        self._owed = None
        end = wanted
        for span in sorted(spans, key=lambda span: -span.lead):
            if span.lead < end < span.end:
                end = span.lead
        if end > start:
            return end
        across = [span for span in spans if span.start < wanted < span.end]
        if len(block) < _MOST and any(span.pieces for span in across):
            return start
        longest = max((span for span in across if not span.pieces), key=lambda span: span.end, default=None)
        if longest and longest.inside:
            return self._settled_inside(longest, longest.inside, block, wanted)
        if longest:
            self._owed = (longest.end - wanted, longest)
        return wanted

    def _settled_inside(self, span: Span, inside: Decoded, block: bytes, wanted: int) -> int:
        """The same inside a code that fills the window."""
        raw, code = block[span.start : span.end], inside.code
        most = inside.start + code.whole(raw, wanted - span.start)
        end = most
        while crossed := [found.lead for found in inside.spans if found.lead < end < found.end]:
            end = min(crossed)
            end -= (end - inside.start) % code.group
        if end > inside.start:
            self._inside = Encoder(code, inside.content[max(0, end - _CONTEXT) : end])
            return span.start + code.borders(raw, [end - inside.start])[0]
        cut = span.start + code.borders(raw, [most - inside.start])[0]
        self._owed = (span.end - cut, span)
        return cut

    def _continued(self, block: bytes, start: int) -> Span:
        owed, span = self._owed or (0, _NOTHING)
        self._owed = None
        sure = min(start + owed, len(block))
        end = span.ending(block, max(start, sure)) if span.ending else sure
        return Span(start, start, len(block) if end is None else end, _LONG, "", span.ending)


def reach(block: bytes, start: int) -> int:
    """How far a window is given out that no finding holds back: to the end of a line, if one ends near."""
    end = len(block) - TAIL
    line = block.rfind(b"\n", max(start, end - _LINE), end)
    return end if line < 0 else line + 1


def _masked(block: bytes, start: int, end: int, spans: Iterable[Span]) -> bytes:
    masked = bytearray(block[start:end])
    for span in spans:
        for begin, stop in span.pieces or ((span.start, span.end),):
            begin, stop = max(begin, start), min(stop, end)
            if begin < stop:
                masked[begin - start : stop - start] = b"*" * (stop - begin)
    return bytes(masked)


_NOTHING = Span(0, 0, 0, _LONG)
