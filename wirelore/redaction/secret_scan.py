"""Scans: where in a block of bytes the rules find secrets.

Every rule scans alone, which RE2 does in linear time on any input; a few `re2.Set`s over all rules say first which of
them can find anything in the block, so that a block without secrets costs a few passes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import re2

from wirelore.redaction.secret_rules import Rule, Rules, compiled, opaque, options
from wirelore.redaction.text_codecs import CODES, Decoded, TextCodec

Ending = Callable[[bytes, int], int | None]

_ESCAPED_SPACE = r"(?:\s|\\+[nrt])*"
_OAUTH_BODY = 16 * 1024
"""An OAuth body is small; in a longer one, `code` and `state` mean other things."""
_QUERY_VALUE = re.compile(rb"[A-Za-z0-9_.~+/%!*:@$-]*=*")
_NESTED_QUERY_VALUE = re.compile(rb"(?:[A-Za-z0-9_.~+/!*:@$-]|%(?!26|23)[0-9A-Fa-f]{2})*")
_RUN = re.compile(rb"[A-Za-z0-9_.+/=%-]*")
_TRUE_DELIMITERS = (b"", b"?", b"&", b"#", b"%3f", b"%26")
_NEAR = 512
_TOGETHER = 24
"""How many patterns a set holds: with more its automaton outgrows its memory again and again, and a pass takes longer
than the passes that it saves."""


class Span(NamedTuple):
    """A secret found: where the finding begins (a key, a lead), where the secret begins and ends."""

    lead: int
    start: int
    end: int
    rule: Rule
    name: str = ""
    ending: Ending | None = None
    inside: Decoded | None = None
    """Of text in a code what is secret inside it."""
    pieces: tuple[tuple[int, int], ...] = ()
    """Of a secret that is cut into pieces where each begins and ends."""


class Secret(NamedTuple):
    """What all rules find in a block, and the codes that may begin in it."""

    spans: list[Span]
    codes: list[TextCodec]


class Scan:
    """The rules, ready to scan."""

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
        patterns = [*(pattern for pattern, _ in scans), *(code.begins for code in CODES)]
        self._sets = [_set(patterns[at : at + _TOGETHER]) for at in range(0, len(patterns), _TOGETHER)]

    def found(self, block: bytes, start: int, final: bool) -> Secret:
        """What all rules find in a block from `start` on, by rule, then by place; spans may overlap."""
        matches = (one.Match(block) or () for one in self._sets)
        matching = [number * _TOGETHER + index for number, found in enumerate(matches) for index in sorted(found)]
        rules = len(self._scans)
        spans = [span for index in matching if index < rules for span in self._scans[index](block, start, final)]
        return Secret(spans, [CODES[index - rules] for index in matching if index >= rules])

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
        speaks_oauth = self._oauth(block, final)
        for found in self._json.finditer(block, start):
            name, quote = found.group(1), found.group(2)
            rule = self.rules.field(name, "json")
            if rule is None or (rule.after and not self._follows(rule, block, found.start())):
                continue
            ending = _closing_quote(quote)
            begin = found.end()
            end = ending(block, begin)
            if self.rules.counts(rule, name, block[begin:end], rule.beside and speaks_oauth()):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _query_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        speaks_oauth = self._oauth(block, final)
        for found in self._query.finditer(block, start):
            delimiter, name, equals = found.groups()
            rule = self.rules.field(name, "query")
            if rule is None or (delimiter == b"" and found.start() > 0):
                continue
            ending = _query_end(_QUERY_VALUE if equals == b"=" else _NESTED_QUERY_VALUE)
            begin = found.end()
            end = ending(block, begin)
            oauth = rule.beside and speaks_oauth()
            true = oauth or rule.action != "replace" or delimiter.lower() in _TRUE_DELIMITERS
            value = block[begin:end]
            if self.rules.counts(rule, name, value, oauth) and (
                true or (opaque(value) and b"(" not in block[end : (end or 0) + 1])
            ):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _oauth(self, block: bytes, final: bool) -> Callable[[], bool]:
        """Tells whether the block is a small body that speaks OAuth; looked up once, and only if somebody asks."""
        return cache(lambda: final and len(block) <= _OAUTH_BODY and bool(self.rules.oauth.search(block)))

    def _follows(self, rule: Rule, block: bytes, start: int) -> bool:
        return bool(rule.after.search(block[max(0, start - _NEAR) : start]))


def literals(values: Iterable[bytes], rule: Rule, *, bordered: bool) -> Callable[[bytes, int], Iterator[Span]]:
    """A scan for exact values, longest first; `bordered` ones only where a word begins and ends."""
    alternatives = b"|".join(re.escape(value) for value in sorted(values, key=lambda value: (-len(value), value)))
    border = rb"(?:\b|_|\\+[bfnrt]|\\+u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})" if bordered else b""
    expression = re2.compile(border + b"(" + alternatives + b")", options())

    def scan(block: bytes, start: int) -> Iterator[Span]:
        for found in expression.finditer(block, start):
            if not (bordered and block[found.end() : found.end() + 1].isalnum()):
                yield Span(found.start(), found.start(1), found.end(), rule, "", _run)

    return scan


def _set(patterns: Iterable[str]) -> Any:
    roomy = options()
    roomy.max_mem = 64 << 20
    made = re2.Set.SearchSet(roomy)
    for pattern in patterns:
        made.Add(pattern.encode())
    made.Compile()
    return made


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
