"""The plan for a foreign file: which of its strings are secret because of a name that stands elsewhere.

The rules read `"authorization": "..."` in any text. Recordings also write headers, cookies and parameters as pairs
(`{"name": "Authorization", "value": "..."}`, `["Authorization", "..."]`), as lists under the header's name, and as
lines. The names of what holds them are those of HAR 1.2, VCR, claude-trace, and Node's `rawHeaders`.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from wirelore.redaction.file_scan import matches
from wirelore.redaction.json_tokens import Token, tokens
from wirelore.redaction.pseudonyms import plain
from wirelore.redaction.secret_rules import Rule, Rules
from wirelore.redaction.secret_scan import Ending, Span

_DEEPEST = 500
_WIDEST = 2000
"""So many strings of a list are looked at together."""
_ROLES = (("headers", re.compile(rb"(?i).*(?:headers|trailers)")), ("cookies", re.compile(rb"(?i).*cookies")))
_COOKIE = Rule("cookie-value", "cookie", "header")
_LINE_VALUE = rb"(?:[^\r\n'\"\\]|\\(?![\\'\"nrt]))*"
"""To the end of the line, or to the quote, escaped or not, that ends the text which the line stands in."""
_LINE = re.compile(rb"(?<![\w-])([A-Za-z][\w-]{2,60}):[ \t]+(?=\S)(" + _LINE_VALUE + rb")")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]|\\[/nr])*={0,2}(?:\\[nr])*")
_SURE = frozenset({"authorization", "api-key", "cookie"})
"""Kinds of headers that are not taken for headers by mistake, wherever a name and a value stand together."""


class Plan:
    """Where the secrets are: offsets in the file, and by which rule."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._starts, self._ends, self._kinds = array("Q"), array("Q"), array("L")
        self.coded: list[tuple[int, int]] = []
        """Where base64 begins and ends that is said to be base64."""
        self._known: list[tuple[Rule, str, Ending]] = []
        self._numbers: dict[tuple[str, str, Ending], int] = {}

    def header(self, name: bytes, value: Token, *, sure: bool = False, line: bool = False) -> bool:
        """Notes the value of a header if it is secret; with `sure` only if the name alone says that it is one."""
        shown = plain(name).decode("latin-1")
        rule = self.rules.header(shown)
        if rule is None or (sure and rule.kind not in _SURE):
            return False
        self.add(value, rule, shown, _line_end if line else _string_end)
        return True

    def add(self, value: Token, rule: Rule, name: str, ending: "Ending | None" = None) -> None:
        """Notes a string."""
        known = (rule, name[:100], ending or _string_end)
        number = self._numbers.setdefault((rule.id, *known[1:]), len(self._known))
        if number == len(self._known):
            self._known.append(known)
        self._starts.append(value.start)
        self._ends.append(value.end)
        self._kinds.append(number)

    def sort(self) -> None:
        """Brings what was noted into the order of the file."""
        self.coded.sort()
        if all(before <= after for before, after in pairwise(self._starts)):
            return
        found = sorted(zip(self._starts, self._ends, self._kinds, strict=True))
        for column, values in zip((self._starts, self._ends, self._kinds), zip(*found, strict=True), strict=False):
            column[:] = array(column.typecode, values)

    def spans(self, base: int, start: int, size: int) -> Iterator[Span]:
        """The secrets of a block of that size that lies `base` bytes into the file, from `start` on."""
        index = bisect_left(self._starts, base + start)
        while index < len(self._starts) and self._starts[index] < base + size:
            rule, name, ending = self._known[self._kinds[index]]
            begin = self._starts[index] - base
            yield Span(begin, begin, min(size, self._ends[index] - base), rule, name, ending)
            index += 1


def planned(stream: BinaryIO, rules: Rules, *, lines: bool = False) -> Plan:
    """The plan for a text; `lines` says that it may have headers as lines, as logs have them."""
    plan = Plan(rules)
    stack = [_Level(b"")]
    for token in tokens(stream):
        if token.kind in (b"{", b"["):
            if len(stack) < _DEEPEST:
                stack.append(_Level(token.kind, stack[-1]))
        elif token.kind in (b"}", b"]"):
            if len(stack) > 1:
                stack.pop().close(plan)
        else:
            stack[-1].take(token, plan)
    if lines:
        stream.seek(0)
        _lines(stream, plan)
    plan.sort()
    return plan


class _Pair(NamedTuple):
    name: bytes
    value: Token


class _Level:
    """What stands between two brackets that belong together."""

    def __init__(self, kind: bytes, above: "_Level | None" = None) -> None:
        self.kind, self.above = kind, above
        self.key = b""
        """Of an object the name of the member that is read."""
        self.in_list = above is not None and above.kind == b"["
        self.name: bytes = b"" if above is None else above.name if self.in_list else above.key
        self.role = next((role for role, names in _ROLES if names.fullmatch(self.name)), "")
        self.header = above.key if above and above.kind == b"{" and above.role and not above.in_list else b""
        """Of a list of values under the name of a header that name."""
        self._last: Token | None = None
        self._is_value = False
        self._name: Token | None = None
        self._value: Token | None = None
        self._text: Token | None = None
        self._is_base64 = False
        self._strings: list[Token] = []
        self._pairs: list[_Pair] = []

    def take(self, token: Token, plan: Plan) -> None:
        """A string, a colon or a comma."""
        if token.kind == b":":
            self.key, self._is_value = (self._last.text if self._last else b""), True
        elif token.kind == b",":
            self._is_value = False
        elif self.kind == b"[":
            self._item(token, plan)
        elif self._is_value:
            self._member(token, plan)
        self._last = token if token.kind == b'"' else None

    def close(self, plan: Plan) -> None:
        """Its end: what belongs together is complete."""
        if self._text and self._is_base64 and _BASE64.fullmatch(self._text.text):
            plan.coded.append((self._text.start, self._text.end))
        if self._name and self._value and self.above:
            self.above.pair(_Pair(self._name.text, self._value), plan)
        if self.role == "headers" and not self.header:
            strings = self._strings
            for name, value in zip(strings[::2], strings[1::2], strict=False):
                plan.header(name.text, value)
        self._flush(plan)

    def pair(self, pair: _Pair, plan: Plan) -> None:
        """A name and a value that stand together in here."""
        if self.role == "headers":
            plan.header(pair.name, pair.value)
        elif self.role == "cookies":
            plan.add(pair.value, _COOKIE, "cookie")
        else:
            self._pairs.append(pair)
            if len(self._pairs) == _WIDEST:
                self._flush(plan)

    def _flush(self, plan: Plan) -> None:
        """Judges parameters together: whether `code` is secret depends on what stands beside it."""
        rules, pairs = plan.rules, self._pairs
        oauth = bool(pairs and rules.oauth.search(b"?" + b"&".join(b"=".join((n, v.text)) for n, v in pairs)))
        for name, value in pairs:
            rule = rules.field(plain(name), "query")
            if rule and rule.action == "replace" and rules.counts(rule, plain(name), plain(value.text), oauth):
                plan.add(value, rule, plain(name).decode("latin-1"))
            elif not rule:
                plan.header(name, value, sure=True)
        self._pairs = []

    def _member(self, token: Token, plan: Plan) -> None:
        key = self.key.lower()
        if key == b"name":
            self._name = token
        elif key == b"value":
            self._value = token
        elif key == b"text":
            self._text = token
        elif key == b"encoding":
            self._is_base64 = token.text.lower() == b"base64"
        if self.role == "headers" and not self.in_list:
            plan.header(self.key, token)
        elif self.role == "cookies" and not self.in_list:
            plan.add(token, _COOKIE, "cookie")

    def _item(self, token: Token, plan: Plan) -> None:
        if self.header and self.above:
            if self.above.role == "cookies":
                plan.add(token, _COOKIE, "cookie")
            else:
                plan.header(self.header, token)
        elif self.role == "headers":
            if len(self._strings) < _WIDEST:
                self._strings.append(token)
            if found := _LINE.match(token.text):
                plan.header(found[1], token._replace(start=token.start + found.start(2)))


def _lines(stream: BinaryIO, plan: Plan) -> None:
    for line, _, base in matches(stream, _LINE, before=1):
        value = Token(b"", base + line.start(2), base + line.end(2))
        plan.header(line[1], value, sure=True, line=True)


def _ending(value: bytes) -> Ending:
    expression = re.compile(value)

    def ending(block: bytes, start: int) -> int | None:
        found = expression.match(block, start)
        end = found.end() if found else start
        return None if end == len(block) else end

    return ending


_string_end = _ending(rb"(?:[^\"\\\r\n]++|\\[^\r\n])*+")
_line_end = _ending(_LINE_VALUE)
