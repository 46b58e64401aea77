"""Redaction: secrets become keyed pseudonyms of the same length, before anything reaches the disk.

What a secret is say the rules (`secrets.json`), what stands in its place says `pseudonyms`, and how a body of any
length is scanned says `windows`. Text in a code (`codes`) is redacted inside, and text that comes in pieces (`pieces`)
as a whole. What redaction destroys but analysis needs is noted as a fact first, see `Scrub.facts`.
Values that somebody else masked (`REDACTED`, `<KEY>`, `***`, empty) are left as they are: they hide nothing.
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
from wirelore.redaction.text_codecs import Decoded, Encoder, TextCodec
from wirelore.redaction.windows import BodyScrub

_CLEAN = 2048
_COOKIE_NAME = re.compile("[^;=]+(?==)")
_CHALLENGES = 64
_WORD = Rule("word", "word", "anywhere")
_CODED = Rule("coded", "", "anywhere")
_DEPTH = 4
"""How deep codes are undone inside codes."""
_OPEN = 16
"""So near to a block's end text in a code may go on in the next."""


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
        self._remembered = KnownSecrets()
        self._challenges: OrderedDict[bytes, None] = OrderedDict()
        self._reuse = ScanCache()
        self._clean: set[str] = set()

    def exchange(self) -> "Scrub":
        """What redacts one exchange."""
        return Scrub(self)

    def remember(self, secret: bytes) -> None:
        """Has the value replaced wherever it stands from now on, if it is peculiar enough and has no telling form."""
        if self.pseudonyms.has_form(secret) or not self.rules.memorable(secret):
            return
        version = self._remembered.version
        self._remembered.add(secret)
        if version != self._remembered.version:
            self._clean.clear()

    def clean(self, name: str) -> None:
        """Keeps a name that has no secret in it, so that it is not looked into again."""
        if len(self._clean) >= _CLEAN:
            self._clean.clear()
        self._clean.add(name)

    def knows_clean(self, name: str) -> bool:
        """Whether the name was kept, and nothing was remembered since."""
        return name in self._clean

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
        self, block: bytes, start: int, final: bool, *, inside: Encoder | None = None, depth: int = 0
    ) -> list[Span]:
        """What is secret in a block, by rules, words and remembered values.

        `inside` is given if the block goes on inside a code, and is what stood in it before.
        """
        if depth or inside is not None or len(block) < SHORTEST:
            return self._spans(block, start, final, inside, depth)
        return self._reuse.spans(
            block,
            start,
            (self._remembered.version, final),
            lambda block, start: self._spans(block, start, final, None, 0),
        )

    def _spans(self, block: bytes, start: int, final: bool, inside: Encoder | None, depth: int) -> list[Span]:
        found, codes = self._scan.found(block, start, final)
        if self._words:
            found.extend(self._words(block, start))
        found.extend(self._remembered.spans(block, start))
        if codes and depth < _DEPTH:
            for code in codes:
                found.extend(self._unwrapped(block, start, code, final, depth))
        if inside is not None:
            end, content = inside.code.unwrapped(block, start)
            more = Decoded(inside.code, inside.before + content, len(inside.before), [])
            found[:0] = self._inside(block, start, end, more, final, depth)
        if not depth:
            for text in texts(block, start):
                found.extend(text.spread(self.spans(text.joined, 0, final, depth=1), None if final else len(block)))
        return found

    def _unwrapped(self, block: bytes, start: int, code: TextCodec, final: bool, depth: int) -> Iterator[Span]:
        """The secrets in texts in a code, and all of a text of which more may come."""
        for begin, end, content in code.texts(block, start):
            yield from self._inside(block, begin, end, Decoded(code, content, 0, []), final, depth)

    def _inside(self, block: bytes, start: int, end: int, inside: Decoded, final: bool, depth: int) -> list[Span]:
        ends = final or end < len(block) - _OPEN
        spans = self.spans(inside.content, inside.start, ends and not inside.start, depth=depth + 1)
        inside = inside._replace(spans=spans)
        if ends:
            return [_coded(*one) for one in inside.clusters(block[start:end], start)]
        return [_coded(start, start, end, inside)]


def _coded(lead: int, start: int, end: int, inside: Decoded) -> Span:
    return Span(lead, start, end, _CODED, "", inside.code.ending, inside)


class Scrub:
    """Redacts one exchange: its headers, its target, its texts, its bodies."""

    def __init__(self, redactor: Redactor) -> None:
        self.counts: Counter[str] = Counter()
        """How many secrets of each kind were replaced."""
        self.written: set[bytes] = set()
        """The pseudonyms that were written, each once, without escapes."""
        self._redactor = redactor
        self._bodies = 0
        self._seen: dict[tuple[str, str], bytes] = {}
        self._credentials: dict[str, dict[str, Any]] = {}
        self._sent: set[bytes] = set()

    def headers(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Header lines with their secrets replaced, in names too; order and lengths stay."""
        return tuple((self._name(name), self._header(name, value)) for name, value in lines)

    def target(self, text: str) -> str:
        """A request target, redacted."""
        return self._whole(text, "target")

    def text(self, text: str) -> str:
        """Any other text, redacted."""
        return self._whole(text, "text")

    def value(self, value: Any) -> Any:
        """A JSON value redacted as the body that it would be: its texts, and the names of its members."""
        body, written = self.body("notes"), codec.line(value)
        return codec.loads(body.feed(written) + body.finish())

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
        """The bytes from `start` to `end` with the spans in them replaced: the earliest first, the longest first.

        What comes in pieces is replaced as a whole, before what a single piece shows.
        """
        ordered = sorted(spans, key=lambda span: (span.start, -span.end))
        patches = sorted(
            patch for span in ordered if span.pieces and span.start < end for patch in self._patches(block, span, side)
        )
        rest = [span for span in ordered if not span.pieces]
        if not patches:
            return self._between(block, start, end, rest, side)
        done, cursor, at, across = [], start, 0, list[Span]()
        for begin, stop, made in (*patches, (end, end, b"")):
            begin = min(max(begin, cursor), end)
            while at < len(rest) and rest[at].start < begin:
                across.append(rest[at])
                at += 1
            done += [self._between(block, cursor, begin, across, side), made[: end - begin]]
            cursor = max(cursor, min(stop, end))
            across = [span for span in across if span.end > cursor]
        return b"".join(done)

    def _patches(self, block: bytes, span: Span, side: str) -> Iterator[tuple[int, int, bytes]]:
        """What stands in the place of each piece of a secret."""
        raw = b"".join(block[begin:end] for begin, end in span.pieces)
        made = self._rewrapped(raw, span.inside, side) if span.inside else self._value(raw, span, side)
        at = 0
        for begin, end in span.pieces:
            yield begin, end, made[at : at + end - begin]
            at += end - begin

    def _between(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        pieces, cursor, shield = [], start, start
        for span in spans:
            begin, stop = max(span.start, cursor), min(span.end, end)
            if span.rule.kind == "id" and begin < shield:
                continue  # in the value of a field that is known to be none
            while not span.inside and stop < end and 0x80 <= block[stop] < 0xC0:
                stop += 1  # a cut through a UTF-8 sequence would leave invalid text
            if begin >= stop:
                continue
            raw = block[begin:stop]
            if span.rule.action != "replace":
                self._value(raw, span, side)
                shield = max(shield, stop)
                continue
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

    def _rewrapped(self, raw: bytes, inside: Decoded, side: str) -> bytes:
        """Text in a code with the secrets in it replaced; hidden as a whole if that cannot be written in its space."""
        before = inside.content[inside.start : inside.start + inside.code.held(raw)]
        after = self.replaced(inside.content, inside.start, inside.start + len(before), inside.spans, side)
        made = inside.code.wrapped(raw, before, after)
        if made is None:
            return self._redactor.pseudonyms.written(raw)
        if inside.code.group == 1 and before != after:
            self._note_written(raw, made, inside)
        return made

    def _note_written(self, raw: bytes, made: bytes, inside: Decoded) -> None:
        """Keeps the pseudonyms as they stand in raw bytes: an escape may mean more characters there than before."""
        spans = [span for span in inside.spans if not span.inside]
        bounds = sorted({place - inside.start for span in spans for place in (span.start, span.end)})
        ends = dict(zip(bounds, inside.code.borders(raw, bounds), strict=True))
        for span in spans:
            piece = made[ends[span.start - inside.start] : ends[span.end - inside.start]]
            self.written.update(plain(piece[first:last]) for first, last in secret_parts(piece, span.rule.form))

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
            made = self._redactor.pseudonyms.written(raw[begin:stop])
            self.written.add(plain(made))
            pieces += [raw[cursor:begin], made]
            cursor = stop
        return b"".join(pieces) + raw[cursor:]

    def _name(self, name: str) -> str:
        if self._redactor.knows_clean(name):
            return name
        done = self.text(name)
        if done == name:
            self._redactor.clean(name)
        return done

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
            done = first + semicolon + self.text(attributes)
        if rule.form in ("cookies", "set-cookie"):
            return _COOKIE_NAME.sub(lambda found: self._name(found[0]), done)
        return done

    def _credential(self, name: str, raw: bytes, rule: Rule) -> None:
        start = next(iter(secret_parts(raw, rule.form)))[0]
        secret = raw[start:]
        if name in ("authorization", protocol().api_key) and not self._redactor.rules.masked(secret):
            fact: dict[str, Any] = {"kind": self._redactor.pseudonyms.kind(secret), "length": len(secret)}
            if rule.form == "credentials":
                fact = {"scheme": raw[:start].decode("latin-1").strip(), **fact}
            self._credentials.setdefault(name, fact)

    def _whole(self, text: str, side: str) -> str:
        try:
            encoding, raw = "latin-1", text.encode("latin-1")
        except UnicodeEncodeError:
            encoding, raw = "utf-8", octets(text)
        spans = self._redactor.spans(raw, 0, True)
        done = self.replaced(raw, 0, len(raw), spans, side) if spans else raw
        try:
            return done.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            return done.decode(encoding, "surrogateescape")


@cache
def _packaged() -> Scan:
    return Scan(packaged())
