"""Scans: where in a block of bytes the rules find secrets.

Every rule scans alone, which RE2 does in linear time on any input; one `re2.Set` over all rules says first which of
them can find anything in the block, so that a block without secrets costs one pass.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import re2

from captures.secret_rules import Rule, Rules, compiled, opaque, options

Ending = Callable[[bytes, int], int | None]

_ESCAPED_SPACE = r"(?:\s|\\+[nrt])*"
_OAUTH_BODY = 16 * 1024
"""An OAuth body is small; in a longer one, `code` and `state` mean other things."""
_QUERY_VALUE = re.compile(rb"[A-Za-z0-9_.~+/%!*:@$-]*=*")
_NESTED_QUERY_VALUE = re.compile(rb"(?:[A-Za-z0-9_.~+/!*:@$-]|%(?!26|23)[0-9A-Fa-f]{2})*")
_RUN = re.compile(rb"[A-Za-z0-9_.+/=%-]*")
_TRUE_DELIMITERS = (b"", b"?", b"&", b"#", b"%3f", b"%26")
_NEAR = 512
_BASE64 = r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\+(?:/|u002[BbFf])){21}"
"""What must follow somewhere in a block where base64 begins, as it begins with few characters."""


class Span(NamedTuple):
    """A secret found: where the finding begins (a key, a lead), where the secret begins and ends."""

    lead: int
    start: int
    end: int
    rule: Rule
    name: str = ""
    ending: Ending | None = None
    inside: "Inside | None" = None
    """Of base64 what is secret inside it."""


class Inside(NamedTuple):
    """What base64 holds, from `start` on, and the secrets in it; before `start` stands what was in it before."""

    content: bytes
    start: int
    spans: list[Span]


class Scan:
    """The rules, ready to scan."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        quote, space = r"\\*[\"']", _ESCAPED_SPACE
        json_names, query_names = rules.field_names("json"), rules.field_names("query")
        self._json = compiled(f"{quote}({json_names}){quote}{space}:{space}({quote})")
        self._query = compiled(rf"(^|[?&#;\s\"'(,]|%3[FfBb]|%26|\\+u0026|\\+[nrt])({query_names})(=|%3[Dd])")
        anywhere = [rule for rule in rules.all if rule.where == "anywhere"]
        base64 = [rule for rule in anywhere if rule.form == "base64"]
        self._base64 = [(compiled(rule.pattern), rule) for rule in base64]
        scans: list[tuple[str, Callable[[bytes, int, bool], Iterator[Span]]]] = [
            (_pattern_of(self._json), self._json_fields),
            (_pattern_of(self._query), self._query_fields),
            *((rule.pattern, self._anywhere(rule)) for rule in anywhere if rule.form != "base64"),
            *((rule.pattern + _BASE64, self._first_base64) for rule in base64),
        ]
        self._scans = [scan for _, scan in scans]
        self._any = re2.Set.SearchSet(options())
        for pattern, _ in scans:
            self._any.Add(pattern.encode())
        self._any.Compile()

    def spans(self, block: bytes, start: int, final: bool) -> list[Span]:
        """What all rules find in a block from `start` on, by rule, then by place; spans may overlap.

        Of base64 of JSON only where the first may begin, see `base64`.
        """
        return [
            span for index in sorted(self._any.Match(block) or ()) for span in self._scans[index](block, start, final)
        ]

    def base64(self, block: bytes, start: int) -> Span | None:
        """Where from `start` on base64 of JSON may begin next."""
        found = ((expression.search(block, start), rule) for expression, rule in self._base64)
        spans = (Span(one.start(), one.start(), one.end(), rule) for one, rule in found if one)
        return min(spans, key=lambda span: span.start, default=None)

    def _first_base64(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        first = self.base64(block, start)
        yield from [first] if first else []

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
            rule = self.rules.field(name, "json")
            if rule is None or (rule.after and not self._follows(rule, block, found.start())):
                continue
            ending = _closing_quote(quote)
            begin = found.end()
            end = ending(block, begin)
            if self.rules.counts(rule, name, block[begin:end], self._context(rule, block, final)):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _query_fields(self, block: bytes, start: int, final: bool) -> Iterator[Span]:
        for found in self._query.finditer(block, start):
            delimiter, name, equals = found.groups()
            rule = self.rules.field(name, "query")
            if rule is None or (delimiter == b"" and found.start() > 0):
                continue
            ending = _query_end(_QUERY_VALUE if equals == b"=" else _NESTED_QUERY_VALUE)
            begin = found.end()
            end = ending(block, begin)
            oauth = self._context(rule, block, final)
            true = oauth or rule.action != "replace" or delimiter.lower() in _TRUE_DELIMITERS
            value = block[begin:end]
            if self.rules.counts(rule, name, value, oauth) and (
                true or (opaque(value) and b"(" not in block[end : (end or 0) + 1])
            ):
                yield Span(found.start(), begin, len(block) if end is None else end, rule, name.decode(), ending)

    def _context(self, rule: Rule, block: bytes, final: bool) -> bool:
        return rule.beside and final and len(block) <= _OAUTH_BODY and bool(self.rules.oauth.search(block))

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
