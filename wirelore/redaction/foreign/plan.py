"""The plan for a foreign file: the strings that are secret because of a name elsewhere in the file.

The rules match `"authorization": "..."` in any text. Recordings also have headers, cookies and parameters as pairs
(`{"name": "Authorization", "value": "..."}`, `["Authorization", "..."]`), as lists under the header's name, and as
lines. The names of their containers are those of HAR 1.2, VCR, claude-trace, and Node's `rawHeaders`.
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
"""The maximum number of strings of a list that are examined together."""
_ROLES = (("headers", re.compile(rb"(?i).*(?:headers|trailers)")), ("cookies", re.compile(rb"(?i).*cookies")))
_COOKIE = Rule("cookie-value", "cookie", "header")
_LINE_VALUE = rb"(?:[^\r\n'\"\\]|\\(?![\\'\"nrt]))*"
"""A value up to the end of the line or to the quote, escaped or not, that ends the text with the line."""
_LINE = re.compile(rb"(?<![\w-])([A-Za-z][\w-]{2,60}):[ \t]+(?=\S)(" + _LINE_VALUE + rb")")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]|\\[/nr])*={0,2}(?:\\[nr])*")
_SURE = frozenset({"authorization", "api-key", "cookie"})
"""Kinds of headers that are unmistakable wherever a name and a value occur together."""


class Plan:
    """The secrets of a file: their offsets and rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._starts, self._ends, self._kinds = array("Q"), array("Q"), array("L")
        self.coded: list[tuple[int, int]] = []
        """The ranges that are declared as base64."""
        self._entries: list[tuple[Rule, str, Ending]] = []
        self._numbers: dict[tuple[str, str, Ending], int] = {}

    def header(self, name: bytes, value: Token, *, sure: bool = False, line: bool = False) -> bool:
        """Add the value of a header if it is secret; with `sure` only if the name alone proves that it is a header."""
        text = plain(name).decode("latin-1")
        rule = self.rules.header(text)
        if rule is None or (sure and rule.kind not in _SURE):
            return False
        self.add(value, rule, text, _line_end if line else _string_end)
        return True

    def add(self, value: Token, rule: Rule, name: str, ending: "Ending | None" = None) -> None:
        """Add a string."""
        entry = (rule, name[:100], ending or _string_end)
        number = self._numbers.setdefault((rule.id, *entry[1:]), len(self._entries))
        if number == len(self._entries):
            self._entries.append(entry)
        self._starts.append(value.start)
        self._ends.append(value.end)
        self._kinds.append(number)

    def sort(self) -> None:
        """Sort the strings in the order of the file."""
        self.coded.sort()
        if all(before <= after for before, after in pairwise(self._starts)):
            return
        entries = sorted(zip(self._starts, self._ends, self._kinds, strict=True))
        for column, values in zip((self._starts, self._ends, self._kinds), zip(*entries, strict=True), strict=False):
            column[:] = array(column.typecode, values)

    def spans(self, base: int, start: int, size: int) -> Iterator[Span]:
        """Yield the secrets, from `start` on, of a block of this size at offset `base` of the file."""
        index = bisect_left(self._starts, base + start)
        while index < len(self._starts) and self._starts[index] < base + size:
            rule, name, ending = self._entries[self._kinds[index]]
            begin = self._starts[index] - base
            yield Span(begin, begin, min(size, self._ends[index] - base), rule, name, ending)
            index += 1


def planned(stream: BinaryIO, rules: Rules, *, lines: bool = False) -> Plan:
    """Return the plan for a text; with `lines` it may have headers as lines, as in logs."""
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
            stack[-1].add_token(token, plan)
    if lines:
        stream.seek(0)
        _lines(stream, plan)
    plan.sort()
    return plan


class _Pair(NamedTuple):
    name: bytes
    value: Token


class _Level:
    """The content of a pair of brackets."""

    def __init__(self, kind: bytes, parent: "_Level | None" = None) -> None:
        self.kind, self.parent = kind, parent
        self.key = b""
        """The name of the current member of an object."""
        self.in_list = parent is not None and parent.kind == b"["
        self.name: bytes = b"" if parent is None else parent.name if self.in_list else parent.key
        self.role = next((role for role, names in _ROLES if names.fullmatch(self.name)), "")
        self.header = parent.key if parent and parent.kind == b"{" and parent.role and not parent.in_list else b""
        """The header's name, for a list of its values under that name."""
        self._last: Token | None = None
        self._is_value = False
        self._name: Token | None = None
        self._value: Token | None = None
        self._text: Token | None = None
        self._is_base64 = False
        self._strings: list[Token] = []
        self._pairs: list[_Pair] = []

    def add_token(self, token: Token, plan: Plan) -> None:
        """Add a string, a colon or a comma."""
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
        """Process the closing bracket, when the content is complete."""
        if self._text and self._is_base64 and _BASE64.fullmatch(self._text.text):
            plan.coded.append((self._text.start, self._text.end))
        if self._name and self._value and self.parent:
            self.parent.pair(_Pair(self._name.text, self._value), plan)
        if self.role == "headers" and not self.header:
            strings = self._strings
            for name, value in zip(strings[::2], strings[1::2], strict=False):
                plan.header(name.text, value)
        self._flush(plan)

    def pair(self, pair: _Pair, plan: Plan) -> None:
        """Add a name and a value that belong together."""
        if self.role == "headers":
            plan.header(pair.name, pair.value)
        elif self.role == "cookies":
            plan.add(pair.value, _COOKIE, "cookie")
        else:
            self._pairs.append(pair)
            if len(self._pairs) == _WIDEST:
                self._flush(plan)

    def _flush(self, plan: Plan) -> None:
        """Decide on parameters together: whether `code` is secret depends on the others."""
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
        if self.header and self.parent:
            if self.parent.role == "cookies":
                plan.add(token, _COOKIE, "cookie")
            else:
                plan.header(self.header, token)
        elif self.role == "headers":
            if len(self._strings) < _WIDEST:
                self._strings.append(token)
            if match := _LINE.match(token.text):
                plan.header(match[1], token._replace(start=token.start + match.start(2)))


def _lines(stream: BinaryIO, plan: Plan) -> None:
    for line, _, base in matches(stream, _LINE, before=1):
        value = Token(b"", base + line.start(2), base + line.end(2))
        plan.header(line[1], value, sure=True, line=True)


def _ending(value: bytes) -> Ending:
    expression = re.compile(value)

    def ending(block: bytes, start: int) -> int | None:
        match = expression.match(block, start)
        end = match.end() if match else start
        return None if end == len(block) else end

    return ending


_string_end = _ending(rb"(?:[^\"\\\r\n]++|\\[^\r\n])*+")
_line_end = _ending(_LINE_VALUE)
