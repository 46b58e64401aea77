"""Redaction of bodies of any length, in windows of bounded memory.

Bytes are returned only when no match can extend into them, so the result does not depend on how the bytes were split.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Protocol

from wirelore.redaction.secret_rules import Rule
from wirelore.redaction.secret_scan import Span
from wirelore.redaction.text_codecs import Continuation, Decoded

WINDOW = 256 * 1024
"""The maximum number of bytes that a scan returns."""
TAIL = 64 * 1024
"""The number of bytes that a scan holds back because a match may extend beyond them."""
_CONTEXT = 512
_LINE = 16 * 1024
"""The distance in bytes within which a window ends after a line, so that events stay complete."""
_WINDOW_LIMIT = 4 << 20
"""The maximum size of a window that grows for a secret whose pieces are spread widely."""
_LONG = Rule("long-value", "long", "anywhere")


class Spans(Protocol):
    """A function that returns the secrets of a block from `start` on."""

    def __call__(self, block: bytes, start: int, final: bool, *, inside: Continuation | None) -> list[Span]:
        """`inside` is given if the block continues encoded text, and has the content before it."""
        ...


class BodyScrub:
    """The redaction of one body, in bounded memory; it returns as many bytes as it receives.

    A value longer than a window is replaced piece by piece until it ends. Longer encoded text is also redacted piece by
    piece, split where the codec allows it, but not inside a secret; a secret that fills a window hides the text from
    there to its end. For a secret whose pieces are spread over more than a window, the window grows, up to 4 MB.
    """

    def __init__(self, spans: "Spans", replaced: Callable[[bytes, int, int, Iterable[Span]], bytes]) -> None:
        self._spans = spans
        self._replaced = replaced
        self._pieces: list[bytes] = []
        self._size = 0
        self._context = b""
        self._unfinished: tuple[int, Span] | None = None
        self._inside: Continuation | None = None
        self._window = WINDOW + TAIL
        self.returned_bytes = 0
        """The number of bytes returned so far; during a call of `replaced`, without those of the call."""

    def feed(self, data: bytes) -> bytes:
        """Add bytes and return those that are final."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size < self._window:
            return b""
        pending = b"".join(self._pieces)
        results, start = [], 0
        while len(pending) - start >= self._window:
            piece = self._scan(pending[start : start + self._window], final=False)
            self._window = WINDOW + TAIL if piece else 2 * self._window
            results.append(piece)
            start += len(piece)
        self._pieces, self._size = [pending[start:]], len(pending) - start
        return b"".join(results)

    def finish(self) -> bytes:
        """Return the remaining bytes."""
        pending = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        return self._scan(pending, final=True) if pending else b""

    def preview(self) -> bytes:
        """Return what `finish` would return now, with secrets masked as `*`. The state does not change."""
        twin = copy(self)
        twin._replaced = _masked
        return twin.finish()

    def _scan(self, data: bytes, *, final: bool) -> bytes:
        start = len(self._context)
        block = self._context + data
        inside, unfinished = self._inside, self._unfinished
        spans = self._spans(block, start, final, inside=inside)
        self._inside = None
        if unfinished:
            spans.insert(0, self._continued(block, start))
        end = len(block) if final else window_end(block, start)
        if spans and not final:
            end = self._safe_end(spans, block, start, end)
            if end == start:
                self._inside, self._unfinished = inside, unfinished
                return b""
        self._context = block[max(0, end - _CONTEXT) : end]
        redacted = self._replaced(block, start, end, spans) if spans else block[start:end]
        self.returned_bytes += len(redacted)
        return redacted

    def _safe_end(self, spans: list[Span], block: bytes, start: int, limit: int) -> int:
        """Return the offset up to which the block can be returned without cutting a span.

        A span that fills the window is cut and continued. The offset is `start` if pieces are spread over the window
        and it may grow.
        """
        self._unfinished = None
        end = limit
        for span in sorted(spans, key=lambda span: -span.lead):
            if span.lead < end < span.end:
                end = span.lead
        if end > start:
            return end
        crossing = [span for span in spans if span.start < limit < span.end]
        if len(block) < _WINDOW_LIMIT and any(span.pieces for span in crossing):
            return start
        longest = max((span for span in crossing if not span.pieces), key=lambda span: span.end, default=None)
        if longest and longest.inside:
            return self._safe_end_inside(longest, longest.inside, block, limit)
        if longest:
            self._unfinished = (longest.end - limit, longest)
        return limit

    def _safe_end_inside(self, span: Span, inside: Decoded, block: bytes, limit: int) -> int:
        """Return the same offset within encoded text that fills the window."""
        raw, codec = block[span.start : span.end], inside.codec
        content_limit = inside.start + codec.complete_size(raw, limit - span.start)
        end = content_limit
        while crossed_leads := [inner.lead for inner in inside.spans if inner.lead < end < inner.end]:
            end = min(crossed_leads)
            end -= (end - inside.start) % codec.group
        if end > inside.start:
            self._inside = Continuation(codec, inside.content[max(0, end - _CONTEXT) : end])
            return span.start + codec.encoded_sizes(raw, [end - inside.start])[0]
        cut = span.start + codec.encoded_sizes(raw, [content_limit - inside.start])[0]
        self._unfinished = (span.end - cut, span)
        return cut

    def _continued(self, block: bytes, start: int) -> Span:
        remaining, span = self._unfinished or (0, _NOTHING)
        self._unfinished = None
        known_end = min(start + remaining, len(block))
        end = span.ending(block, max(start, known_end)) if span.ending else known_end
        return Span(start, start, len(block) if end is None else end, _LONG, "", span.ending)


def window_end(block: bytes, start: int) -> int:
    """Return the end of a window that no span holds back: after a line that ends near, if there is one."""
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
