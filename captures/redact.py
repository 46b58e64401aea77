"""Redaction: secrets become keyed pseudonyms of the same length, before anything reaches the disk.

What a secret is say the rules (`secrets.json`), what stands in its place says `pseudonyms`, and how a body of any
length is scanned says `windows`. Base64 of JSON is redacted inside (`embedded`). What redaction destroys but analysis
needs is noted as a fact first, see `Scrub.facts`.
Values that somebody else masked (`REDACTED`, `<KEY>`, `***`, empty) are left as they are: they hide nothing.
"""

import base64
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from captures import embedded
from captures.pseudonyms import Pseudonyms, plain
from captures.secret_rules import Rule, Rules, packaged, secret_parts
from captures.secret_scan import Inside, Scan, Span, literals
from captures.windows import BodyScrub

_REMEMBERED = 512
_CHALLENGES = 64
_KNOWN = Rule("known-value", "known", "anywhere")
_WORD = Rule("word", "word", "anywhere")
_BASE64 = Rule("base64-json", "", "anywhere", form="base64")
_DEPTH = 2
"""How deep base64 is unwrapped inside base64."""
_OPEN = 16
"""So near to a block's end base64 may go on in the next."""


class Redactor:
    """Redacts a whole capture: what was once recognised as a secret is a secret in all that follows."""

    def __init__(self, key: bytes, *, words: Iterable[str] = (), rules: Rules | None = None) -> None:
        """`words` are literal secrets (the user's name); those under 3 characters or of the protocol are not used."""
        self._scan = Scan(rules) if rules else _packaged()
        self.rules = self._scan.rules
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

    def spans(
        self, block: bytes, start: int, final: bool, *, inside: bytes | None = None, depth: int = 0
    ) -> list[Span]:
        """What is secret in a block, by rules, words and remembered values.

        `inside` is given if the block goes on inside base64, and is what stood in it before.
        """
        found = self._scan.spans(block, start, final)
        if self._words:
            found.extend(self._words(block, start))
        if self._remembered:
            if self._known is None:
                forms = {form for value in self._remembered for form in (value, quote(value, safe="").encode())}
                self._known = literals(forms, _KNOWN, bordered=False)
            found.extend(self._known(block, start))
        first = next((span for span in found if span.rule.form == "base64"), None)
        if first:
            found.remove(first)
            found.extend(self._unwrapped(block, first, final, depth))
        if inside is not None:
            _, under_way = self._inside(block, Span(start, start, start, _BASE64), final, depth, inside)
            found[:0] = [under_way] if under_way else []
        return found

    def _unwrapped(self, block: bytes, first: Span, final: bool, depth: int) -> Iterator[Span]:
        """The base64 texts from the first on that have secrets in them, or may have them in what is still to come."""
        begun: Span | None = first
        while begun and depth < _DEPTH:
            after, found = self._inside(block, begun, final, depth)
            if found:
                yield found
            begun = self._scan.base64(block, max(after, begun.end))

    def _inside(
        self, block: bytes, begun: Span, final: bool, depth: int, before: bytes | None = None
    ) -> tuple[int, Span | None]:
        start = begun.start
        end, content = embedded.unwrapped(block, start)
        if before is None and not embedded.begins_json(content, end - start):
            return start, None
        ends = final or end < len(block) - _OPEN
        context = before or b""
        spans = self.spans(context + content, len(context), ends and before is None, depth=depth + 1)
        if ends and not spans:
            return end, None
        inside = Inside(context + content, len(context), spans)
        return end, Span(start, start, end, begun.rule, "", embedded.ending, inside)


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
        side = side or ("request" if self._bodies == 1 else "response")
        return BodyScrub(self._redactor.spans, partial(self.replaced, side=side))

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
            raw = block[begin:stop]
            if span.inside:
                made = self._rewrapped(block[span.start : stop], span.inside, side)[begin - span.start :]
                if made == raw:
                    continue
            else:
                made = self._value(raw, span, side)
            pieces += [block[cursor:begin], made]
            cursor = stop
        pieces.append(block[cursor:end])
        return b"".join(pieces)

    def _rewrapped(self, raw: bytes, inside: Inside, side: str) -> bytes:
        """Base64 with the secrets in it replaced; hidden as a whole if that cannot be written in its space."""
        end = inside.start + len(plain(raw)) * 3 // 4
        before = inside.content[inside.start : end]
        after = self.replaced(inside.content, inside.start, inside.start + len(before), inside.spans, side)
        made = embedded.wrapped(raw, before, after)
        return self._redactor.pseudonyms.written(raw) if made is None else made

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


@cache
def _packaged() -> Scan:
    return Scan(packaged())
