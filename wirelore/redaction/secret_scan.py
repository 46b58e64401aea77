"""Scanning blocks of bytes with the redaction rules.

Each rule scans separately, which RE2 does in linear time on any input. First, a few `re2.Set`s over all rules determine
which rules match in the block, so that a block without secrets takes only a few passes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import re2

from wirelore.redaction.secret_rules import Rule, Rules, compiled, opaque, options
from wirelore.redaction.text_codecs import CODECS, Decoded, TextCodec

Ending = Callable[[bytes, int], int | None]

_ESCAPED_SPACE = r"(?:\s|\\+[nrt])*"
_OAUTH_BODY = 16 * 1024
"""The maximum size of an OAuth body in bytes; in longer ones, `code` and `state` have other meanings."""
_QUERY_VALUE = re.compile(rb"[A-Za-z0-9_.~+/%!*:@$-]*=*")
_NESTED_QUERY_VALUE = re.compile(rb"(?:[A-Za-z0-9_.~+/!*:@$-]|%(?!26|23)[0-9A-Fa-f]{2})*")
_RUN = re.compile(rb"[A-Za-z0-9_.+/=%-]*")
_TRUE_DELIMITERS = (b"", b"?", b"&", b"#", b"%3f", b"%26")
_NEAR = 512
_SET_SIZE = 24
"""The number of patterns per set. With more, its automaton outgrows its memory repeatedly, and a pass takes longer than
the passes that it saves.
"""


class Span(NamedTuple):
    """The location of a secret.

    `lead` is the start of the match, such as a key; `start` and `end` are those of the secret.
    """

    lead: int
    start: int
    end: int
    rule: Rule
    name: str = ""
    ending: Ending | None = None
    inside: Decoded | None = None
    """The secrets inside encoded text."""
    pieces: tuple[tuple[int, int], ...] = ()
    """The ranges of a secret that is split into pieces."""


class ScanResult(NamedTuple):
    """The secrets that all rules find in a block, and the codecs that may apply to it."""

    spans: list[Span]
    codecs: list[TextCodec]


class Scan:
    """The compiled rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        quote, space = r"\\*[\"']", _ESCAPED_SPACE
        json_names, query_names = rules.field_names("json"), rules.field_names("query")
        self._json = compiled(f"{quote}({json_names}){quote}{space}:{space}({quote})")
        self._query = compiled(rf"(^|[?&#;\s\"'(,]|%3[FfBb]|%26|\\+u0026|\\+[nrt])({query_names})(=|%3[Dd])")
        anywhere = [rule for rule in rules.all if rule.where == "anywhere" and rule.form != "base64"]
        scans: list[tuple[str, Callable[[bytes, int, bool], Iterator[Span]]]] = [
            (_pattern_of(self._json), self._json_fields),
            (_pattern_of(self._query), self._query_fields),
            *((rule.pattern, self._anywhere(rule)) for rule in anywhere),
        ]
        self._scans = [scan for _, scan in scans]
        patterns = [*(pattern for pattern, _ in scans), *(codec.start_pattern for codec in CODECS)]
        self._sets = [_set(patterns[first : first + _SET_SIZE]) for first in range(0, len(patterns), _SET_SIZE)]

    def run(self, block: bytes, start: int, final: bool) -> ScanResult:
        """Scan a block from `start` on with all rules; spans are ordered by rule, then by place, and may overlap."""
        matches = (pattern_set.Match(block) or () for pattern_set in self._sets)
        matching = [number * _SET_SIZE + index for number, indexes in enumerate(matches) for index in sorted(indexes)]
        rules = len(self._scans)
        spans = [span for index in matching if index < rules for span in self._scans[index](block, start, final)]
        return ScanResult(spans, [CODECS[index - rules] for index in matching if index >= rules])

    def _anywhere(self, rule: Rule) -> Callable[[bytes, int, bool], Iterator[Span]]:
        expression = compiled(rule.pattern)

        def scan(block: bytes, start: int, final: bool) -> Iterator[Span]:
            for match in expression.finditer(block, start):
                group = next((n for n in range(1, (match.lastindex or 0) + 1) if match.start(n) >= 0), 0)
                value = match.group(group)
                if rule.value == "opaque" and not opaque(value):
                    continue
                if not (rule.spares_value and rule.spares_value.fullmatch(value)):
                    yield Span(match.start(), match.start(group), match.end(group), rule, "", _run)

        return scan

    def _json_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        speaks_oauth = self._oauth(block, final)
        for match in self._json.finditer(block, start):
            name, quote = match.group(1), match.group(2)
            rule = self.rules.field(name, "json")
            if rule is None or (rule.after and not self._follows(rule, block, match.start())):
                continue
            ending = _closing_quote(quote)
            begin = match.end()
            end = ending(block, begin)
            if self.rules.counts(rule, name, block[begin:end], rule.beside and speaks_oauth()):
                yield Span(match.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _query_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        speaks_oauth = self._oauth(block, final)
        for match in self._query.finditer(block, start):
            delimiter, name, equals = match.groups()
            rule = self.rules.field(name, "query")
            if rule is None or (delimiter == b"" and match.start() > 0):
                continue
            ending = _query_end(_QUERY_VALUE if equals == b"=" else _NESTED_QUERY_VALUE)
            begin = match.end()
            end = ending(block, begin)
            oauth = rule.beside and speaks_oauth()
            is_query = oauth or rule.action != "replace" or delimiter.lower() in _TRUE_DELIMITERS
            value = block[begin:end]
            if self.rules.counts(rule, name, value, oauth) and (
                is_query or (opaque(value) and b"(" not in block[end : (end or 0) + 1])
            ):
                yield Span(match.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _oauth(self, block: bytes, final: bool) -> Callable[[], bool]:
        """Return a function that tells if the block is a small OAuth body; evaluated once, and only if needed."""
        return cache(lambda: final and len(block) <= _OAUTH_BODY and bool(self.rules.oauth.search(block)))

    def _follows(self, rule: Rule, block: bytes, start: int) -> bool:
        return bool(rule.after.search(block[max(0, start - _NEAR) : start]))


def literals(values: Iterable[bytes], rule: Rule, *, bordered: bool) -> Callable[[bytes, int], Iterator[Span]]:
    """Return a scan for exact values, longest first; with `bordered` only for whole words."""
    alternatives = b"|".join(re.escape(value) for value in sorted(values, key=lambda value: (-len(value), value)))
    border = rb"(?:\b|_|\\+[bfnrt]|\\+u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})" if bordered else b""
    expression = re2.compile(border + b"(" + alternatives + b")", options())

    def scan(block: bytes, start: int) -> Iterator[Span]:
        for match in expression.finditer(block, start):
            if not (bordered and block[match.end() : match.end() + 1].isalnum()):
                yield Span(match.start(), match.start(1), match.end(), rule, "", _run)

    return scan


def _set(patterns: Iterable[str]) -> Any:
    roomy = options()
    roomy.max_mem = 64 << 20
    pattern_set = re2.Set.SearchSet(roomy)
    for pattern in patterns:
        pattern_set.Add(pattern.encode())
    pattern_set.Compile()
    return pattern_set


def _pattern_of(expression: Any) -> str:
    pattern: bytes = expression.pattern
    return pattern.decode("latin-1")


def _run(block: bytes, start: int) -> int | None:
    match = _RUN.match(block, start)
    end = match.end() if match else start
    return None if end == len(block) else end


def _query_end(value: re.Pattern[bytes]) -> Ending:
    def ending(block: bytes, start: int) -> int | None:
        match = value.match(block, start)
        end = match.end() if match else start
        return None if end == len(block) else end

    return ending


def _closing_quote(opening: bytes) -> Ending:
    r"""Return a function that finds the end of a string with this quote, at any depth of nesting (`"`, `\"`, `\\\"`).

    At a depth whose quotes have b backslashes, each backslash of the text is written as 2(b+1) backslashes. So a run of
    n backslashes before a quote closes the string if n mod 2(b+1) is b. A raw line end closes it too.
    """
    depth = len(opening) - 1
    stops = re.compile(rb"[\"\r\n]" if opening[-1:] == b'"' else rb"[\"'\r\n]")

    def ending(block: bytes, start: int) -> int | None:
        for match in stops.finditer(block, start):
            end = match.start()
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
