"""Windows: a body of any length redacted in bounded memory.

Nothing is given out before a match can no longer reach into it, so how the bytes were cut does not change the result.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from captures import embedded
from captures.secret_rules import Rule
from captures.secret_scan import Inside, Span

WINDOW = 256 * 1024
"""How many bytes a scan gives out at most."""
TAIL = 64 * 1024
"""How many bytes a scan holds back, because a match may reach beyond them."""
_CONTEXT = 512
_LONG = Rule("long-value", "long", "anywhere")


class Spans(Protocol):
    """Finds what is secret in a block from `start` on."""

    def __call__(self, block: bytes, start: int, final: bool, *, inside: bytes | None) -> list[Span]:
        """`inside` is given if the block goes on inside base64, and is what stood in it before."""
        ...


class BodyScrub:
    """Redacts one body as it comes, in bounded memory; the bytes given out are as many as those taken in.

    A value that is longer than a whole window is replaced piece by piece until it ends. Base64 of JSON that is longer
    is redacted piece by piece too, cut between two groups of four characters, and not inside what is found in it; if
    that alone fills a window, the base64 is hidden from there to its end.
    """

    def __init__(self, spans: "Spans", replaced: Callable[[bytes, int, int, Iterable[Span]], bytes]) -> None:
        self._spans = spans
        self._replaced = replaced
        self._pieces: list[bytes] = []
        self._size = 0
        self._context = b""
        self._owed: tuple[int, Span] | None = None
        self._inside: bytes | None = None

    def feed(self, data: bytes) -> bytes:
        """Takes bytes and gives out those that are settled."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size < WINDOW + TAIL:
            return b""
        pending = b"".join(self._pieces)
        done, start = [], 0
        while len(pending) - start >= WINDOW + TAIL:
            piece = self._scan(pending[start : start + WINDOW + TAIL], final=False)
            done.append(piece)
            start += len(piece)
        self._pieces, self._size = [pending[start:]], len(pending) - start
        return b"".join(done)

    def finish(self) -> bytes:
        """Gives out the rest."""
        pending = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        return self._scan(pending, final=True) if pending else b""

    def _scan(self, data: bytes, *, final: bool) -> bytes:
        start = len(self._context)
        block = self._context + data
        spans = self._spans(block, start, final, inside=self._inside)
        self._inside = None
        if self._owed:
            spans.insert(0, self._continued(block, start))
        if not spans:
            end = len(block) if final else len(block) - TAIL
            self._context = block[max(0, end - _CONTEXT) : end]
            return block[start:end]
        end = len(block) if final else self._settled(spans, block, start)
        self._context = block[max(0, end - _CONTEXT) : end]
        return self._replaced(block, start, end, spans)

    def _settled(self, spans: list[Span], block: bytes, start: int) -> int:
        """How far the block can be given out so that no finding is cut; one that fills the window is cut and owed."""
        self._owed = None
        end = wanted = len(block) - TAIL
        for span in sorted(spans, key=lambda span: -span.lead):
            if span.lead < end < span.end:
                end = span.lead
        if end > start:
            return end
        across = max(
            (span for span in spans if span.start < wanted < span.end), key=lambda span: span.end, default=None
        )
        if across and across.inside:
            return self._settled_inside(across, across.inside, block, wanted)
        if across:
            self._owed = (across.end - wanted, across)
        return wanted

    def _settled_inside(self, span: Span, inside: Inside, block: bytes, wanted: int) -> int:
        """The same inside base64 that fills the window."""
        raw = block[span.start : span.end]
        most = inside.start + embedded.size_within(raw, wanted - span.start)
        end = most
        while crossed := [found.lead for found in inside.spans if found.lead < end < found.end]:
            end = min(crossed)
            end -= (end - inside.start) % 3
        if end > inside.start:
            self._inside = inside.content[max(0, end - _CONTEXT) : end]
            return span.start + embedded.border(raw, end - inside.start)
        cut = span.start + embedded.border(raw, most - inside.start)
        self._owed = (span.end - cut, span)
        return cut

    def _continued(self, block: bytes, start: int) -> Span:
        owed, span = self._owed or (0, _NOTHING)
        self._owed = None
        sure = min(start + owed, len(block))
        end = span.ending(block, max(start, sure)) if span.ending else sure
        return Span(start, start, len(block) if end is None else end, _LONG, "", span.ending)


_NOTHING = Span(0, 0, 0, _LONG)
