"""The second scan: finds the places in a redacted capture where the redaction rules still match.

It uses the same rules, the same windows and the same known secrets as redaction. Matched text is not kept.
"""

import io
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from wirelore.model.codec import octets
from wirelore.redaction.audit.random_strings import digest, random_looking
from wirelore.redaction.pseudonym_digests import digest as pseudonym_digest
from wirelore.redaction.pseudonym_digests import is_listed
from wirelore.redaction.pseudonyms import plain
from wirelore.redaction.redactor import Redactor, Scrub
from wirelore.redaction.secret_rules import secret_parts
from wirelore.redaction.secret_scan import Span
from wirelore.redaction.stream_text import texts
from wirelore.redaction.text_codecs import Decoded
from wirelore.redaction.windows import BodyScrub

_BLOCK = 1 << 16
_AROUND = 1024
_PLACES = 100
"""The maximum number of recorded places of one string in an exchange."""


class Hit(NamedTuple):
    """A match of a rule."""

    place: str
    at: str
    kind: str
    length: int
    digest: bytes
    secret: bytes
    listed: bool = False
    """True if it is one of the listed pseudonyms."""


class Rescan(Scrub):
    """A Scrub that discards its output and records the matches with their places."""

    def __init__(self, redactor: Redactor, listed: Collection[str] = ()) -> None:
        """`listed` are the digests of known pseudonyms, see `wirelore.redaction.pseudonym_digests`."""
        super().__init__(redactor)
        self._listed = listed
        self._block = b""
        self.hits: list[Hit] = []
        """The matches: the first places of each string."""
        self.hit_counts: Counter[tuple[str, bytes]] = Counter()
        """The number of matches by kind and digest."""
        self.starts, self.ends = array("Q"), array("Q")
        """The ranges of the matches in the text or file scanned last, in order."""
        self.place = ""
        self.pointer: str | None = None
        self._offset = 0
        self._body: BodyScrub | None = None
        self._outer_place: int | None = None
        self._outer_starts: dict[int, int] = {}

    def displayed(self, name: str) -> str:
        """Return a name for a report: `*` if it is, or may be, a secret."""
        raw = octets(name)
        hidden = self._redactor.spans(raw, 0, True) or any(random_looking(io.BytesIO(raw)))
        return "*" if hidden else name

    def scan_text(self, text: str | bytes, pointer: str) -> None:
        """Scan a text in one piece."""
        self.pointer = pointer
        self._begin()
        self.text(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))

    def scan_file(self, path: Path, side: str) -> None:
        """Scan a file of any length, as the body of a side."""
        self.pointer = None
        self._begin()
        self._body = body = BodyScrub(self._redactor.spans, partial(self._replaced_at_offset, side=side))
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                body.feed(block)
        body.finish()
        self._body = None

    def _begin(self) -> None:
        self._offset = 0
        self.starts, self.ends = array("Q"), array("Q")

    def _replaced_at_offset(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        self._offset = (self._body.returned_bytes if self._body else 0) - start
        return self.replaced(block, start, end, spans, side)

    def _reencoded(self, raw: bytes, inside: Decoded, side: str) -> bytes:
        outer_place, self._outer_place = self._outer_place, self._outer_starts.pop(id(inside), self._outer_place)
        result = super()._reencoded(raw, inside, side)
        self._outer_place = outer_place
        return result

    def _value(self, raw: bytes, span: Span, side: str) -> bytes:
        if span.rule.action == "replace":
            for begin, stop in secret_parts(raw, span.rule.form):
                secret = plain(raw[begin:stop])
                if not self._redactor.rules.masked(secret):
                    start = self._offset + span.start + begin if self._outer_place is None else self._outer_place
                    position = str(start) if self.pointer is None else self.pointer
                    listed = self._is_listed(raw, begin, stop, span.start)
                    hit = Hit(self.place, position, span.rule.kind, stop - begin, digest(secret), secret, listed)
                    self._add_hit(hit, start)
        return super()._value(raw, span, side)

    def _is_listed(self, raw: bytes, begin: int, stop: int, start: int) -> bool:
        """Return True if `raw[begin:stop]` is a listed pseudonym, given the text around it in the block."""
        if not self._listed or pseudonym_digest(raw[begin:stop]) in self._listed:
            return bool(self._listed)
        blocks = chain([(self._block, start)], ((text.joined, 0) for text in texts(self._block, 0)))
        block, offset = next(
            ((block, offset) for block, low in blocks if (offset := block.find(raw, low)) >= 0), (raw, 0)
        )
        before, after = (
            block[max(0, offset + begin - _AROUND) : offset + begin],
            block[offset + stop : offset + stop + _AROUND],
        )
        return is_listed(raw[begin:stop], before, after, self._listed)

    def _add_hit(self, hit: Hit, start: int) -> None:
        self.hit_counts[hit.kind, hit.digest] += 1
        if self.hit_counts[hit.kind, hit.digest] <= _PLACES:
            self.hits.append(hit)
        self.starts.append(start)
        self.ends.append(start + hit.length)

    def replaced(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        """Replace like a Scrub. A match inside encoded text has the offset of the encoded part."""
        spans = list(spans)
        if self._outer_place is None:
            self._outer_starts = {id(span.inside): self._offset + span.start for span in spans if span.inside}
        outer_block, self._block = self._block, block
        result = super().replaced(block, start, end, spans, side)
        self._block = outer_block
        return result
