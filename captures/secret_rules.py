"""The rules of redaction: `secrets.json` compiled, and where in a block of bytes they find secrets.

Every rule scans alone, which RE2 does in linear time on any input; one `re2.Set` over all rules says first which of
them can find anything in the block, so that a block without secrets costs one pass.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import re2

PACKAGED = Path(__file__).with_name("secrets.json")

Ending = Callable[[bytes, int], int | None]

_ESCAPED_SPACE = r"(?:\s|\\+[nrt])*"
_OAUTH_BODY = 16 * 1024
"""An OAuth body is small; in a longer one, `code` and `state` mean other things."""
_QUERY_VALUE = re.compile(rb"[A-Za-z0-9_.~+/%!*:@$-]*=*")
_NESTED_QUERY_VALUE = re.compile(rb"(?:[A-Za-z0-9_.~+/!*:@$-]|%(?!26|23)[0-9A-Fa-f]{2})*")
_RUN = re.compile(rb"[A-Za-z0-9_.+/=%-]*")
_OPAQUE = re.compile(rb"[A-Za-z0-9_.~+/=#-]{20,}")
_TRUE_DELIMITERS = (b"", b"?", b"&", b"#", b"%3f", b"%26")
_NEAR = 512


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `secrets.json`."""

    id: str
    kind: str
    where: str
    """`anywhere`, `field` (a JSON key, or a name in a query or form) or `header`."""
    names: re.Pattern[bytes] | None = None
    pattern: str = ""
    action: str = "replace"
    """`replace`; `keep` says that the value is no secret; `note` that facts need it."""
    form: str = "whole"
    """What of the value is secret: `whole`, `credentials` (all but the scheme), `cookies`, `set-cookie`."""
    value: str = "any"
    """Which values count: `any`, `token` (no white space), `opaque` (looks random)."""
    only: Mapping[str, str] = field(default_factory=dict)
    """A name for which another class of values counts."""
    beside: bool = False
    """Whether every token counts in a small body that speaks OAuth."""
    after: Any = None
    """What must stand before the field, within 512 bytes."""
    places: tuple[str, ...] = ("json", "query")
    spares_value: re.Pattern[bytes] | None = None


class Span(NamedTuple):
    """A secret found: where the finding begins (a key, a lead), where the secret begins and ends."""

    lead: int
    start: int
    end: int
    rule: Rule
    name: str = ""
    ending: Ending | None = None


class Rules:
    """The rules, ready to scan."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.policy: str = document["policy"]
        self.prefix: str = document["prefix"]
        self.words_spared = frozenset(document["words_spared"])
        self.all = tuple(_rule(entry) for entry in document["rules"])
        self._masked = re.compile(document["masked"].encode())
        self._spared = re.compile(document["spared"].encode())
        self._oauth = compiled(document["oauth_beside"])
        self._headers = tuple(rule for rule in self.all if rule.where == "header")
        self._fields = tuple(rule for rule in self.all if rule.where == "field")
        self._by_name: dict[tuple[str, bytes], Rule | None] = {}
        scans: list[tuple[str, Callable[[bytes, int, bool], Iterator[Span]]]] = [
            (rule.pattern, self._anywhere(rule)) for rule in self.all if rule.where == "anywhere"
        ]
        quote = r"\\*[\"']"
        space = _ESCAPED_SPACE
        names = {
            place: "|".join(f"(?:{_text(rule.names)})" for rule in self._fields if place in rule.places)
            for place in ("json", "query")
        }
        self._json = compiled(f"{quote}({names['json']}){quote}{space}:{space}({quote})")
        self._query = compiled(rf"(^|[?&#;\s\"'(,]|%3[FfBb]|%26|\\+u0026|\\+[nrt])({names['query']})(=|%3[Dd])")
        scans = [(_pattern_of(self._json), self._json_fields), (_pattern_of(self._query), self._query_fields), *scans]
        self._scans = [scan for _, scan in scans]
        self._any = re2.Set.SearchSet(_options())
        for pattern, _ in scans:
            self._any.Add(pattern.encode())
        self._any.Compile()

    def spans(self, block: bytes, start: int, final: bool) -> list[Span]:
        """What all rules find in a block from `start` on, by rule, then by place; spans may overlap."""
        return [
            span for index in sorted(self._any.Match(block) or ()) for span in self._scans[index](block, start, final)
        ]

    def header(self, name: str) -> Rule | None:
        """The rule for a header of that name."""
        key = name.lower().encode("latin-1", "replace")
        return next((rule for rule in self._headers if rule.names and rule.names.fullmatch(key)), None)

    def masked(self, value: bytes) -> bool:
        """Whether a value is empty or was masked by whoever recorded it."""
        return bool(self._masked.fullmatch(value))

    def memorable(self, value: bytes) -> bool:
        """Whether a value met in a secret place is peculiar enough to be looked for in every other place."""
        peculiar = 8 <= len(value) <= 1024 and re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)
        return bool(peculiar) and not self._spared.fullmatch(value) and b" " not in value

    def _anywhere(self, rule: Rule) -> Callable[[bytes, int, bool], Iterator[Span]]:
        expression = compiled(rule.pattern)

        def scan(block: bytes, start: int, final: bool) -> Iterator[Span]:
            for found in expression.finditer(block, start):
                group = next((n for n in range(1, (found.lastindex or 0) + 1) if found.start(n) >= 0), 0)
                value = found.group(group)
                if rule.value == "opaque" and not opaque(value):
                    continue
                if not (rule.spares_value and rule.spares_value.fullmatch(value)):
                    yield Span(found.start(), found.start(group), found.end(group), rule, "", _run)

        return scan

    def _json_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        for found in self._json.finditer(block, start):
            name, quote = found.group(1), found.group(2)
            rule = self._field(name, "json")
            if rule is None or (rule.after and not self._follows(rule, block, found.start())):
                continue
            ending = _closing_quote(quote)
            begin = found.end()
            end = ending(block, begin)
            if self._counts(rule, name, block[begin:end], self._context(rule, block, final)):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _query_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        for found in self._query.finditer(block, start):
            delimiter, name, equals = found.groups()
            rule = self._field(name, "query")
            if rule is None or (delimiter == b"" and found.start() > 0):
                continue
            ending = _query_end(_QUERY_VALUE if equals == b"=" else _NESTED_QUERY_VALUE)
            begin = found.end()
            end = ending(block, begin)
            oauth = self._context(rule, block, final)
            true = oauth or rule.action != "replace" or delimiter.lower() in _TRUE_DELIMITERS
            value = block[begin:end]
            if self._counts(rule, name, value, oauth) and (
                true or (opaque(value) and b"(" not in block[end : (end or 0) + 1])
            ):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _field(self, name: bytes, place: str) -> Rule | None:
        key = (place, name)
        if key not in self._by_name:
            if len(self._by_name) > 4096:
                self._by_name.clear()
            candidates = (rule for rule in self._fields if place in rule.places and rule.names)
            self._by_name[key] = next((rule for rule in candidates if rule.names and rule.names.fullmatch(name)), None)
        return self._by_name[key]

    def _counts(self, rule: Rule, name: bytes, value: bytes, oauth: bool) -> bool:
        wanted = rule.only.get(name.decode(), rule.value)
        if rule.beside and oauth:
            wanted = "token"
        if self.masked(value) or (rule.spares_value and rule.spares_value.match(value)):
            return False
        if wanted == "opaque":
            return opaque(value) and not self._spared.fullmatch(value)
        return wanted == "any" or not re.search(rb"\s", value)

    def _context(self, rule: Rule, block: bytes, final: bool) -> bool:
        return rule.beside and final and len(block) <= _OAUTH_BODY and bool(self._oauth.search(block))

    def _follows(self, rule: Rule, block: bytes, start: int) -> bool:
        return bool(rule.after.search(block[max(0, start - _NEAR) : start]))


def packaged() -> Rules:
    """The rules that come with the package."""
    return Rules(json.loads(PACKAGED.read_text()))


def compiled(pattern: str) -> Any:
    """An RE2 expression over bytes."""
    return re2.compile(pattern.encode("latin-1"), _options())


def literals(values: Iterable[bytes], rule: Rule, *, bordered: bool) -> Callable[[bytes, int], Iterator[Span]]:
    """A scan for exact values, longest first; `bordered` ones only where a word begins and ends."""
    alternatives = b"|".join(re.escape(value) for value in sorted(values, key=lambda value: (-len(value), value)))
    border = rb"(?:\b|_|\\+[bfnrt]|\\+u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})" if bordered else b""
    expression = re2.compile(border + b"(" + alternatives + b")", _options())

    def scan(block: bytes, start: int) -> Iterator[Span]:
        for found in expression.finditer(block, start):
            if not (bordered and block[found.end() : found.end() + 1].isalnum()):
                yield Span(found.start(), found.start(1), found.end(), rule, "", _run)

    return scan


def opaque(value: bytes) -> bool:
    """Whether a value looks random: 20 characters or more of a token's alphabet, letters and digits mixed."""
    value = re.sub(rb"\\+/", b"/", re.sub(rb"%[0-9A-Fa-f]{2}|\\+u[0-9a-fA-F]{4}", b"-", value))
    if not _OPAQUE.fullmatch(value):
        return False
    digits = sum(byte in b"0123456789" for byte in value)
    letters = sum(chr(byte).isalpha() for byte in value)
    return digits >= 2 and letters >= 4


def secret_parts(value: bytes, form: str) -> Iterator[tuple[int, int]]:
    """Where in a value the secrets are, after the rule's form."""
    if form == "credentials":
        scheme = re.match(rb"[A-Za-z][A-Za-z0-9_-]{0,20}(?: |%20|\+)+(?=\S)", value)
        yield (scheme.end() if scheme else 0), len(value)
    elif form in ("cookies", "set-cookie"):
        for found in re.finditer(rb"([^;=]*)(=?)([^;]*);?", value):
            name, equals, rest = found.groups()
            start = found.start(3) if equals else found.start(1) + len(name) - len(name.lstrip())
            end = found.end(3) if equals else found.end(1)
            quoted = end - start > 1 and value[start : start + 1] == b'"' == value[end - 1 : end]
            if end > start:
                yield start + quoted, end - quoted
            if form == "set-cookie" or not rest + name:
                return
    else:
        yield 0, len(value)


def _rule(entry: Mapping[str, Any]) -> Rule:
    spared = entry.get("spares_value")
    names = entry.get("names")
    dash = r"(?:-|\\+u002[dD]|%2[dD])"
    return Rule(
        id=entry["id"],
        kind=entry["kind"],
        where=entry["where"],
        names=re.compile(names.encode()) if names else None,
        pattern=entry.get("pattern", "").replace("{dash}", dash),
        action=entry.get("action", "replace"),
        form=entry.get("form", "whole"),
        value=entry.get("value", "any"),
        only=entry.get("only", {}),
        beside="beside" in entry,
        after=compiled(entry["after"]) if "after" in entry else None,
        places=tuple(entry.get("places", ("json", "query"))),
        spares_value=re.compile(spared.encode(), re.DOTALL) if spared else None,
    )


def _options() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = 32 << 20
    return options


def _text(pattern: re.Pattern[bytes] | None) -> str:
    return pattern.pattern.decode() if pattern else ""


def _pattern_of(expression: Any) -> str:
    pattern: bytes = expression.pattern
    return pattern.decode("latin-1")


def _run(block: bytes, start: int) -> int | None:
    found = _RUN.match(block, start)
    end = found.end() if found else start
    return None if end == len(block) else end


def _query_end(value: re.Pattern[bytes]) -> Ending:
    def ending(block: bytes, start: int) -> int | None:
        found = value.match(block, start)
        end = found.end() if found else start
        return None if end == len(block) else end

    return ending


def _closing_quote(opening: bytes) -> Ending:
    r"""Finds the end of a string that was opened with this quote, at whatever depth of nesting (`"`, `\"`, `\\\"`).

    At a depth whose quotes have b backslashes, each backslash of the text is written as 2(b+1) of them; a run of n
    backslashes before a quote therefore closes the string if n mod 2(b+1) is b. A raw line end closes it too.
    """
    depth = len(opening) - 1
    stops = re.compile(rb"[\"\r\n]" if opening[-1:] == b'"' else rb"[\"'\r\n]")

    def ending(block: bytes, start: int) -> int | None:
        for found in stops.finditer(block, start):
            end = found.start()
            if block[end] in b"\r\n":
                return end
            begin = end
            while begin > max(0, start - _NEAR) and block[begin - 1] == 0x5C:
                begin -= 1
            run = end - begin
            if run < depth or run % (2 * (depth + 1)) == depth:
                return end - min(run, depth)
        return None

    return ending
