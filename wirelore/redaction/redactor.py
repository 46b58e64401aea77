"""The redactor: replaces secrets by keyed pseudonyms of the same length before anything is written to disk.

`secrets.json` defines secrets, `pseudonyms` their replacements, `windows` the scanning of long bodies. Encoded text
(`text_codecs`) is redacted inside, and text that is split over events (`stream_text`) as a whole. Facts that redaction
destroys but analysis needs are extracted first, see `Scrub.facts`.

Values masked by another tool (`REDACTED`, `<KEY>`, `***`, empty) are left unchanged.
"""

import base64
import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import Any

from wirelore.model import codec
from wirelore.model.codec import octets
from wirelore.model.protocol import protocol
from wirelore.redaction.known_secrets import KnownSecrets
from wirelore.redaction.pseudonyms import Pseudonyms, plain
from wirelore.redaction.scan_cache import SHORTEST, ScanCache
from wirelore.redaction.secret_rules import Rule, Rules, packaged, secret_parts
from wirelore.redaction.secret_scan import Scan, Span, literals
from wirelore.redaction.stream_text import texts
from wirelore.redaction.text_codecs import Continuation, Decoded, TextCodec
from wirelore.redaction.windows import BodyScrub

_CLEAN_NAMES = 2048
_COOKIE_NAME = re.compile("[^;=]+(?==)")
_CHALLENGES = 64
_WORD = Rule("word", "word", "anywhere")
_ENCODED = Rule("coded", "", "anywhere")
_DEPTH = 4
"""The maximum depth of encodings inside encodings."""
_OPEN = 16
"""Encoded text that ends within this many bytes of a block's end may go on in the next block."""


class Redactor:
    """The redaction of a whole capture: a value recognised as a secret once is a secret in everything that follows."""

    def __init__(self, key: bytes, *, words: Iterable[str] = (), rules: Rules | None = None) -> None:
        """`words` are literal secrets (the user's name); words of the protocol or under 3 characters are ignored."""
        self._scan = Scan(rules) if rules else _packaged()
        self.rules = self._scan.rules
        self.policy = self.rules.policy
        self.pseudonyms = Pseudonyms(key, self.rules.prefix)
        usable = {word.encode() for word in words if len(word) >= 3 and word.lower() not in self.rules.words_spared}
        self._words = literals(usable, _WORD, bordered=True) if usable else None
        self._known_secrets = KnownSecrets()
        self._challenges: OrderedDict[bytes, None] = OrderedDict()
        self._scan_cache = ScanCache()
        self._clean_names: set[str] = set()

    def exchange(self) -> "Scrub":
        """Return a Scrub for one exchange."""
        return Scrub(self)

    def remember(self, secret: bytes) -> None:
        """Replace the value everywhere from now on, if it is distinctive enough and not recognisable by its form."""
        if self.pseudonyms.has_form(secret) or not self.rules.memorable(secret):
            return
        version = self._known_secrets.version
        self._known_secrets.add(secret)
        if version != self._known_secrets.version:
            self._clean_names.clear()

    def add_clean_name(self, name: str) -> None:
        """Remember a name without secrets, so that it is not scanned again."""
        if len(self._clean_names) >= _CLEAN_NAMES:
            self._clean_names.clear()
        self._clean_names.add(name)

    def is_clean_name(self, name: str) -> bool:
        """Return True if the name is known to have no secrets."""
        return name in self._clean_names

    def add_challenge(self, value: bytes) -> None:
        """Remember a code challenge (RFC 7636) for a later verifier."""
        self._challenges[value] = None
        if len(self._challenges) > _CHALLENGES:
            self._challenges.popitem(last=False)

    def matches_challenge(self, verifier: bytes) -> bool | None:
        """Return True if the verifier matches a challenge of an earlier request, None if there was none."""
        if not self._challenges:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        return challenge in self._challenges

    def spans(
        self, block: bytes, start: int, final: bool, *, inside: Continuation | None = None, depth: int = 0
    ) -> list[Span]:
        """Return the secrets of a block, according to rules, words and known values.

        `inside` is given if the block continues encoded text, and has the content before it.
        """
        if depth or inside is not None or len(block) < SHORTEST:
            return self._spans(block, start, final, inside, depth)
        return self._scan_cache.spans(
            block,
            start,
            (self._known_secrets.version, final),
            lambda block, start: self._spans(block, start, final, None, 0),
        )

    def _spans(self, block: bytes, start: int, final: bool, inside: Continuation | None, depth: int) -> list[Span]:
        spans, codecs = self._scan.run(block, start, final)
        if self._words:
            spans.extend(self._words(block, start))
        spans.extend(self._known_secrets.spans(block, start))
        if codecs and depth < _DEPTH:
            for codec in codecs:
                spans.extend(self._unwrapped(block, start, codec, final, depth))
        if inside is not None:
            end, content = inside.codec.decode(block, start)
            decoded = Decoded(inside.codec, inside.before + content, len(inside.before), [])
            spans[:0] = self._inside(block, start, end, decoded, final, depth)
        if not depth:
            for text in texts(block, start):
                spans.extend(text.spread(self.spans(text.joined, 0, final, depth=1), None if final else len(block)))
        return spans

    def _unwrapped(self, block: bytes, start: int, codec: TextCodec, final: bool, depth: int) -> Iterator[Span]:
        """Yield the secrets in encoded texts, and all of a text that may go on in the next block."""
        for begin, end, content in codec.texts(block, start):
            yield from self._inside(block, begin, end, Decoded(codec, content, 0, []), final, depth)

    def _inside(self, block: bytes, start: int, end: int, inside: Decoded, final: bool, depth: int) -> list[Span]:
        ends = final or end < len(block) - _OPEN
        spans = self.spans(inside.content, inside.start, ends and not inside.start, depth=depth + 1)
        inside = inside._replace(spans=spans)
        if ends:
            return [_encoded_span(*cluster) for cluster in inside.clusters(block[start:end], start)]
        return [_encoded_span(start, start, end, inside)]


def _encoded_span(lead: int, start: int, end: int, inside: Decoded) -> Span:
    return Span(lead, start, end, _ENCODED, "", inside.codec.ending, inside)


class Scrub:
    """The redaction of one exchange: its headers, target, texts and bodies."""

    def __init__(self, redactor: Redactor) -> None:
        self.counts: Counter[str] = Counter()
        """The number of replaced secrets by kind."""
        self.written: set[bytes] = set()
        """The distinct pseudonyms that were written, without escapes."""
        self._redactor = redactor
        self._bodies = 0
        self._first_secrets: dict[tuple[str, str], bytes] = {}
        self._credentials: dict[str, dict[str, Any]] = {}
        self._request_secrets: set[bytes] = set()

    def headers(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Replace the secrets in header lines, in names too. Order and lengths stay the same."""
        return tuple((self._name(name), self._header(name, value)) for name, value in lines)

    def target(self, text: str) -> str:
        """Redact a request target."""
        return self._redacted_text(text, "target")

    def text(self, text: str) -> str:
        """Redact any other text."""
        return self._redacted_text(text, "text")

    def value(self, value: Any) -> Any:
        """Redact a JSON value like a body: its strings and the names of its members."""
        body, written = self.body("notes"), codec.line(value)
        return codec.loads(body.feed(written) + body.finish())

    def body(self, side: str | None = None) -> "BodyScrub":
        """Return the redaction of one body.

        Without `side`, the first body is the `request`'s and the next the `response`'s.
        """
        self._bodies += 1
        side = side or ("request" if self._bodies == 1 else "response")
        return BodyScrub(self._redactor.spans, partial(self.replaced, side=side))

    def facts(self) -> dict[str, Any]:
        """Return the facts extracted before redaction; only available ones are present.

        `authorization` and `x-api-key`: `kind` (`oat01`, `api03`, `jwt`, `opaque`, ...), `length`, and the `scheme`.
        `tokens`: for each token in the response body its `kind` and `length`; for an access token whether it
        `differs_from_request`, that is from every credential sent; for a refresh token whether it was `rotated`.
        `pkce`: whether the verifier sent `verifier_matches_challenge` of an earlier request (RFC 7636, 4.6).
        """
        facts: dict[str, Any] = {**self._credentials}
        tokens = {}
        for field in ("access_token", "refresh_token"):
            token = self._first_secrets.get(("response", field))
            if token is None:
                continue
            tokens[field] = {"kind": self._redactor.pseudonyms.kind(token), "length": len(token)}
            if field == "access_token" and self._request_secrets:
                tokens[field]["differs_from_request"] = token not in self._request_secrets
            before = self._first_secrets.get(("request", field))
            if field == "refresh_token" and before is not None:
                tokens[field]["rotated"] = token != before
        if tokens:
            facts["tokens"] = tokens
        verifier = self._first_secrets.get(("request", "code_verifier"))
        matches = self._redactor.matches_challenge(verifier) if verifier else None
        if matches is not None:
            facts["pkce"] = {"challenge_method": "S256", "verifier_matches_challenge": matches}
        return facts

    def replaced(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        """Return the bytes from `start` to `end` with their spans replaced, the earliest first, then the longest.

        A secret that is split into pieces is replaced as a whole, before secrets within a single piece.
        """
        ordered = sorted(spans, key=lambda span: (span.start, -span.end))
        patches = sorted(
            patch for span in ordered if span.pieces and span.start < end for patch in self._patches(block, span, side)
        )
        rest = [span for span in ordered if not span.pieces]
        if not patches:
            return self._between(block, start, end, rest, side)
        result, cursor, next_span, current_spans = [], start, 0, list[Span]()
        for begin, stop, replacement in (*patches, (end, end, b"")):
            begin = min(max(begin, cursor), end)
            while next_span < len(rest) and rest[next_span].start < begin:
                current_spans.append(rest[next_span])
                next_span += 1
            result += [self._between(block, cursor, begin, current_spans, side), replacement[: end - begin]]
            cursor = max(cursor, min(stop, end))
            current_spans = [span for span in current_spans if span.end > cursor]
        return b"".join(result)

    def _patches(self, block: bytes, span: Span, side: str) -> Iterator[tuple[int, int, bytes]]:
        """Yield the replacement of each piece of a secret."""
        raw = b"".join(block[begin:end] for begin, end in span.pieces)
        replacement = self._reencoded(raw, span.inside, side) if span.inside else self._value(raw, span, side)
        offset = 0
        for begin, end in span.pieces:
            yield begin, end, replacement[offset : offset + end - begin]
            offset += end - begin

    def _between(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        pieces, cursor, shield = [], start, start
        for span in spans:
            begin, stop = max(span.start, cursor), min(span.end, end)
            if span.rule.kind == "id" and begin < shield:
                continue  # within the value of a field that a rule keeps
            while not span.inside and stop < end and 0x80 <= block[stop] < 0xC0:
                stop += 1  # do not cut a UTF-8 sequence
            if begin >= stop:
                continue
            raw = block[begin:stop]
            if span.rule.action != "replace":
                self._value(raw, span, side)
                shield = max(shield, stop)
                continue
            if span.inside:
                replacement = self._reencoded(block[span.start : stop], span.inside, side)[begin - span.start :]
                if replacement == raw:
                    continue
            else:
                replacement = self._value(raw, span, side)
            pieces += [block[cursor:begin], replacement]
            cursor = stop
        pieces.append(block[cursor:end])
        return b"".join(pieces)

    def _reencoded(self, raw: bytes, inside: Decoded, side: str) -> bytes:
        """Redact encoded text; if the result does not fit, replace the encoded text as a whole."""
        content = inside.content[inside.start : inside.start + inside.codec.content_size(raw)]
        redacted = self.replaced(inside.content, inside.start, inside.start + len(content), inside.spans, side)
        encoded = inside.codec.encode(raw, content, redacted)
        if encoded is None:
            return self._redactor.pseudonyms.escaped(raw)
        if inside.codec.group == 1 and content != redacted:
            self._record_pseudonyms(raw, encoded, inside)
        return encoded

    def _record_pseudonyms(self, raw: bytes, encoded: bytes, inside: Decoded) -> None:
        """Record the pseudonyms as they are in the raw bytes: an escape may stand for more characters than before."""
        spans = [span for span in inside.spans if not span.inside]
        bounds = sorted({offset - inside.start for span in spans for offset in (span.start, span.end)})
        ends = dict(zip(bounds, inside.codec.encoded_sizes(raw, bounds), strict=True))
        for span in spans:
            piece = encoded[ends[span.start - inside.start] : ends[span.end - inside.start]]
            self.written.update(plain(piece[first:last]) for first, last in secret_parts(piece, span.rule.form))

    def _value(self, raw: bytes, span: Span, side: str) -> bytes:
        rule, field = span.rule, span.name.lower().replace("-", "_")
        field = {"accesstoken": "access_token", "refreshtoken": "refresh_token", "codeverifier": "code_verifier"}.get(
            field, field
        )
        if rule.action != "replace":
            if field == "code_challenge":
                self._redactor.add_challenge(plain(raw))
            return raw
        pieces, cursor = [], 0
        for begin, stop in secret_parts(raw, rule.form):
            secret = plain(raw[begin:stop])
            if self._redactor.rules.masked(secret):
                continue
            if rule.where != "anywhere":
                self._redactor.remember(secret)
                self._first_secrets.setdefault((side, field), secret)
                if side != "response":
                    self._request_secrets.add(secret)
            self.counts[rule.kind] += 1
            pseudonym = self._redactor.pseudonyms.escaped(raw[begin:stop])
            self.written.add(plain(pseudonym))
            pieces += [raw[cursor:begin], pseudonym]
            cursor = stop
        return b"".join(pieces) + raw[cursor:]

    def _name(self, name: str) -> str:
        if self._redactor.is_clean_name(name):
            return name
        redacted = self.text(name)
        if redacted == name:
            self._redactor.add_clean_name(name)
        return redacted

    def _header(self, name: str, value: str) -> str:
        rule = self._redactor.rules.header(name)
        if rule is None:
            return self.text(value)
        raw = value.encode("latin-1", "replace")
        if rule.kind in ("authorization", "api-key"):
            self._credential(name.lower(), raw, rule)
        redacted = self._value(raw, Span(0, 0, len(raw), rule, name), "header").decode("latin-1")
        if rule.form == "set-cookie":
            first, semicolon, attributes = redacted.partition(";")
            redacted = first + semicolon + self.text(attributes)
        if rule.form in ("cookies", "set-cookie"):
            return _COOKIE_NAME.sub(lambda match: self._name(match[0]), redacted)
        return redacted

    def _credential(self, name: str, raw: bytes, rule: Rule) -> None:
        start = next(iter(secret_parts(raw, rule.form)))[0]
        secret = raw[start:]
        if name in ("authorization", protocol().api_key) and not self._redactor.rules.masked(secret):
            fact: dict[str, Any] = {"kind": self._redactor.pseudonyms.kind(secret), "length": len(secret)}
            if rule.form == "credentials":
                fact = {"scheme": raw[:start].decode("latin-1").strip(), **fact}
            self._credentials.setdefault(name, fact)

    def _redacted_text(self, text: str, side: str) -> str:
        try:
            encoding, raw = "latin-1", text.encode("latin-1")
        except UnicodeEncodeError:
            encoding, raw = "utf-8", octets(text)
        spans = self._redactor.spans(raw, 0, True)
        redacted = self.replaced(raw, 0, len(raw), spans, side) if spans else raw
        try:
            return redacted.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            return redacted.decode(encoding, "surrogateescape")


@cache
def _packaged() -> Scan:
    return Scan(packaged())
