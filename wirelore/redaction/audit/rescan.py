"""The second scan: where the rules of redaction still match in a redacted capture; no matched text is kept.

Reading is like writing: the same rules, in the same windows, with the same memory of what was once a secret.
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
"""How many places of one string are kept in an exchange."""


class Hit(NamedTuple):
    """A string that a rule caught."""

    place: str
    at: str
    kind: str
    length: int
    digest: bytes
    secret: bytes
    listed: bool = False
    """Whether it is one of the pseudonyms that the reading was given."""


class Rescan(Scrub):
    """Redacts, keeps nothing of it, and notes what the rules caught and where."""

    def __init__(self, redactor: Redactor, listed: Collection[str] = ()) -> None:
        """`listed` are the marks of the pseudonyms that are known, see `wirelore.redaction.pseudonym_digests`."""
        super().__init__(redactor)
        self._listed = listed
        self._block = b""
        self.finds: list[Hit] = []
        """What was caught, of each string the first places."""
        self.times: Counter[tuple[str, bytes]] = Counter()
        """How often each string was caught, by kind and digest."""
        self.starts, self.ends = array("Q"), array("Q")
        """Where the strings of the text or file read last begin and end, in its order."""
        self.place = ""
        self.pointer: str | None = None
        self._at = 0
        self._body: BodyScrub | None = None
        self._outer: int | None = None
        self._begun: dict[int, int] = {}

    def shown(self, name: str) -> str:
        """A name as it may be reported: `*` if it is, or may be, a secret itself."""
        raw = octets(name)
        hidden = self._redactor.spans(raw, 0, True) or any(random_looking(io.BytesIO(raw)))
        return "*" if hidden else name

    def whole(self, text: str | bytes, pointer: str) -> None:
        """A text in one piece."""
        self.pointer = pointer
        self._begin()
        self.text(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))

    def stream(self, path: Path, side: str) -> None:
        """A file of any length, as the body of that side."""
        self.pointer = None
        self._begin()
        self._body = body = BodyScrub(self._redactor.spans, partial(self._counted, side=side))
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                body.feed(block)
        body.finish()
        self._body = None

    def _begin(self) -> None:
        self._at = 0
        self.starts, self.ends = array("Q"), array("Q")

    def _counted(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        self._at = (self._body.given if self._body else 0) - start
        return self.replaced(block, start, end, spans, side)

    def _rewrapped(self, raw: bytes, inside: Decoded, side: str) -> bytes:
        before, self._outer = self._outer, self._begun.pop(id(inside), self._outer)
        done = super()._rewrapped(raw, inside, side)
        self._outer = before
        return done

    def _value(self, raw: bytes, span: Span, side: str) -> bytes:
        if span.rule.action == "replace":
            for begin, stop in secret_parts(raw, span.rule.form):
                secret = plain(raw[begin:stop])
                if not self._redactor.rules.masked(secret):
                    start = self._at + span.start + begin if self._outer is None else self._outer
                    at = str(start) if self.pointer is None else self.pointer
                    known = self._is_listed(raw, begin, stop, span.start)
                    find = Hit(self.place, at, span.rule.kind, stop - begin, digest(secret), secret, known)
                    self._note(find, start)
        return super()._value(raw, span, side)

    def _is_listed(self, raw: bytes, begin: int, stop: int, start: int) -> bool:
        """Whether a part of what stands at `start` of the block is a pseudonym, seen in what stands around it."""
        if not self._listed or pseudonym_digest(raw[begin:stop]) in self._listed:
            return bool(self._listed)
        blocks = chain([(self._block, start)], ((text.joined, 0) for text in texts(self._block, 0)))
        block, at = next(((block, at) for block, low in blocks if (at := block.find(raw, low)) >= 0), (raw, 0))
        before, after = block[max(0, at + begin - _AROUND) : at + begin], block[at + stop : at + stop + _AROUND]
        return is_listed(raw[begin:stop], before, after, self._listed)

    def _note(self, find: Hit, start: int) -> None:
        self.times[find.kind, find.digest] += 1
        if self.times[find.kind, find.digest] <= _PLACES:
            self.finds.append(find)
        self.starts.append(start)
        self.ends.append(start + find.length)

    def replaced(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        """As a Scrub does it; what is found in base64 has the place where the base64 begins."""
        spans = list(spans)
        if self._outer is None:
            self._begun = {id(span.inside): self._at + span.start for span in spans if span.inside}
        outer, self._block = self._block, block
        done = super().replaced(block, start, end, spans, side)
        self._block = outer
        return done
