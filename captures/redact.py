"""Redaction: secrets become keyed pseudonyms of the same length, before anything reaches the disk.

What a secret is say the rules (`secrets.json`), what stands in its place says `pseudonyms`. A body is scanned in
windows, and nothing is given out before a match can no longer reach into it, so the result does not depend on how the
bytes were cut. What redaction destroys but analysis needs is noted as a fact first, see `Scrub.facts`.
Values that somebody else masked (`REDACTED`, `<KEY>`, `***`, empty) are left as they are: they hide nothing.
"""

import base64
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from captures.pseudonyms import Pseudonyms, plain
from captures.secret_rules import Rule, Rules, Span, literals, packaged, secret_parts

WINDOW = 256 * 1024
"""How many bytes a scan gives out at most."""
TAIL = 64 * 1024
"""How many bytes a scan holds back, because a match may reach beyond them."""
_CONTEXT = 512
_REMEMBERED = 512
_CHALLENGES = 64
_KNOWN = Rule("known-value", "known", "anywhere")
_WORD = Rule("word", "word", "anywhere")
_LONG = Rule("long-value", "long", "anywhere")


class Redactor:
    """Redacts a whole capture: what was once recognised as a secret is a secret in all that follows."""

    def __init__(self, key: bytes, *, words: Iterable[str] = (), rules: Rules | None = None) -> None:
        """`words` are literal secrets (the user's name); those under 3 characters or of the protocol are not used."""
        self.rules = rules or _packaged()
        self.policy = self.rules.policy
        self.pseudonyms = Pseudonyms(key, self.rules.prefix)
        usable = {word.encode() for word in words if len(word) >= 3 and word.lower() not in self.rules.words_spared}
        self._words = literals(usable, _WORD, bordered=True) if usable else None
        self._remembered: OrderedDict[bytes, None] = OrderedDict()
        self._known: Callable[[bytes, int], Iterator[Span]] | None = None
        self._challenges: OrderedDict[bytes, None] = OrderedDict()

    def exchange(self) -> "Scrub":
        """What redacts one exchange."""
        return Scrub(self)

    def remember(self, secret: bytes) -> None:
        """Has the value replaced wherever it stands from now on, if it is peculiar enough and has no telling form."""
        if self.pseudonyms.has_form(secret) or not self.rules.memorable(secret):
            return
        if secret in self._remembered:
            self._remembered.move_to_end(secret)
            return
        self._remembered[secret] = None
        self._known = None
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)

    def challenge(self, value: bytes) -> None:
        """Keeps a code challenge (RFC 7636) for the verifier that will follow."""
        self._challenges[value] = None
        if len(self._challenges) > _CHALLENGES:
            self._challenges.popitem(last=False)

    def verified(self, verifier: bytes) -> bool | None:
        """Whether the verifier belongs to a challenge that was seen; None if none was seen."""
        if not self._challenges:
            return None
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        return made in self._challenges

    def spans(self, block: bytes, start: int, final: bool) -> list[Span]:
        """What is secret in a block, by rules, words and remembered values."""
        found = self.rules.spans(block, start, final)
        if self._words:
            found.extend(self._words(block, start))
        if self._remembered:
            if self._known is None:
                forms = {form for value in self._remembered for form in (value, quote(value, safe="").encode())}
                self._known = literals(forms, _KNOWN, bordered=False)
            found.extend(self._known(block, start))
        return found


class Scrub:
    """Redacts one exchange: its headers, its target, its texts, its bodies."""

    def __init__(self, redactor: Redactor) -> None:
        self.counts: Counter[str] = Counter()
        """How many secrets of each kind were replaced."""
        self._redactor = redactor
        self._bodies = 0
        self._seen: dict[tuple[str, str], bytes] = {}
        self._credentials: dict[str, dict[str, Any]] = {}
        self._sent: set[bytes] = set()

    def headers(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Header lines with their secret values replaced; names, order and lengths stay."""
        return tuple((name, self._header(name, value)) for name, value in lines)

    def target(self, text: str) -> str:
        """A request target, redacted."""
        return self._whole(text, "target")

    def text(self, text: str) -> str:
        """Any other text, redacted."""
        return self._whole(text, "text")

    def body(self, side: str | None = None) -> "BodyScrub":
        """What redacts one body; without `side`, the first body is the `request`'s and the next the `response`'s."""
        self._bodies += 1
        return BodyScrub(self._redactor, self, side or ("request" if self._bodies == 1 else "response"))

    def facts(self) -> dict[str, Any]:
        """What was noted before it was destroyed; a member is there only if there was something to note.

        `authorization` and `x-api-key`: `kind` (`oat01`, `api03`, `jwt`, `opaque`, ...), `length`, and the `scheme`.
        `tokens`: for each token in the response's body its `kind` and `length`; for an access token whether it
        `differs_from_request`, that is from every credential sent; for a refresh token whether it was `rotated`.
        `pkce`: whether the verifier sent `verifier_matches_challenge` of an earlier request (RFC 7636, 4.6).
        """
        facts: dict[str, Any] = {**self._credentials}
        tokens = {}
        for field in ("access_token", "refresh_token"):
            token = self._seen.get(("response", field))
            if token is None:
                continue
            tokens[field] = {"kind": self._redactor.pseudonyms.kind(token), "length": len(token)}
            if field == "access_token" and self._sent:
                tokens[field]["differs_from_request"] = token not in self._sent
            before = self._seen.get(("request", field))
            if field == "refresh_token" and before is not None:
                tokens[field]["rotated"] = token != before
        if tokens:
            facts["tokens"] = tokens
        verifier = self._seen.get(("request", "code_verifier"))
        matches = self._redactor.verified(verifier) if verifier else None
        if matches is not None:
            facts["pkce"] = {"challenge_method": "S256", "verifier_matches_challenge": matches}
        return facts

    def replaced(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        """The bytes from `start` to `end` with the spans in them replaced: the earliest first, the first rule first."""
        pieces, cursor = [], start
        for span in sorted(spans, key=lambda span: span.start):
            begin, stop = max(span.start, cursor), min(span.end, end)
            while stop < end and 0x80 <= block[stop] < 0xC0:
                stop += 1  # a cut through a UTF-8 sequence would leave invalid text
            if begin >= stop:
                continue
            pieces.append(block[cursor:begin])
            pieces.append(self._value(block[begin:stop], span, side))
            cursor = stop
        pieces.append(block[cursor:end])
        return b"".join(pieces)

    def _value(self, raw: bytes, span: Span, side: str) -> bytes:
        rule, field = span.rule, span.name.lower().replace("-", "_")
        field = {"accesstoken": "access_token", "refreshtoken": "refresh_token", "codeverifier": "code_verifier"}.get(
            field, field
        )
        if rule.action != "replace":
            if field == "code_challenge":
                self._redactor.challenge(plain(raw))
            return raw
        pieces, cursor = [], 0
        for begin, stop in secret_parts(raw, rule.form):
            secret = plain(raw[begin:stop])
            if self._redactor.rules.masked(secret):
                continue
            if rule.where != "anywhere":
                self._redactor.remember(secret)
                self._seen.setdefault((side, field), secret)
                if side != "response":
                    self._sent.add(secret)
            self.counts[rule.kind] += 1
            pieces += [raw[cursor:begin], self._redactor.pseudonyms.written(raw[begin:stop])]
            cursor = stop
        return b"".join(pieces) + raw[cursor:]

    def _header(self, name: str, value: str) -> str:
        rule = self._redactor.rules.header(name)
        if rule is None:
            return self.text(value)
        raw = value.encode("latin-1", "replace")
        if rule.kind in ("authorization", "api-key"):
            self._credential(name.lower(), raw, rule)
        done = self._value(raw, Span(0, 0, len(raw), rule, name), "header").decode("latin-1")
        if rule.form == "set-cookie":
            first, semicolon, attributes = done.partition(";")
            return first + semicolon + self.text(attributes)
        return done

    def _credential(self, name: str, raw: bytes, rule: Rule) -> None:
        start = next(iter(secret_parts(raw, rule.form)))[0]
        secret = raw[start:]
        if name in ("authorization", "x-api-key") and not self._redactor.rules.masked(secret):
            fact: dict[str, Any] = {"kind": self._redactor.pseudonyms.kind(secret), "length": len(secret)}
            if rule.form == "credentials":
                fact = {"scheme": raw[:start].decode("latin-1").strip(), **fact}
            self._credentials.setdefault(name, fact)

    def _whole(self, text: str, side: str) -> str:
        try:
            encoding, raw = "latin-1", text.encode("latin-1")
        except UnicodeEncodeError:
            encoding, raw = "utf-8", text.encode("utf-8", "surrogateescape")
        spans = self._redactor.spans(raw, 0, True)
        done = self.replaced(raw, 0, len(raw), spans, side) if spans else raw
        return done.decode(encoding, "surrogateescape")


class BodyScrub:
    """Redacts one body as it comes, in bounded memory; the bytes given out are as many as those taken in.

    A value that is longer than a whole window is replaced piece by piece until it ends.
    """

    def __init__(self, redactor: Redactor, scrub: Scrub, side: str) -> None:
        self._redactor = redactor
        self._scrub = scrub
        self._side = side
        self._pieces: list[bytes] = []
        self._size = 0
        self._context = b""
        self._owed: tuple[int, Span] | None = None

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
        spans = self._redactor.spans(block, start, final)
        if self._owed:
            spans.insert(0, self._continued(block, start))
        if not spans:
            end = len(block) if final else len(block) - TAIL
            self._context = block[max(0, end - _CONTEXT) : end]
            return block[start:end]
        end = len(block) if final else self._settled(spans, len(block) - TAIL, start)
        self._context = block[max(0, end - _CONTEXT) : end]
        return self._scrub.replaced(block, start, end, spans, self._side)

    def _settled(self, spans: list[Span], end: int, start: int) -> int:
        """How far the block can be given out so that no finding is cut; one that fills the window is cut and owed."""
        self._owed = None
        wanted = end
        for span in sorted(spans, key=lambda span: -span.lead):
            if span.lead < end < span.end:
                end = span.lead
        if end > start:
            return end
        across = max(
            (span for span in spans if span.start < wanted < span.end), key=lambda span: span.end, default=None
        )
        if across:
            self._owed = (across.end - wanted, across)
        return wanted

    def _continued(self, block: bytes, start: int) -> Span:
        owed, span = self._owed or (0, _NOTHING)
        self._owed = None
        sure = min(start + owed, len(block))
        end = span.ending(block, max(start, sure)) if span.ending else sure
        return Span(start, start, len(block) if end is None else end, _LONG, "", span.ending)


_NOTHING = Span(0, 0, 0, _LONG)


@cache
def _packaged() -> Rules:
    return packaged()
