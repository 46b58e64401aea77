"""Counting the work of redacting a body: executed lines of Python, and bytes that regular expressions read.

The redactor is imported a second time with counting versions of `re` and `re2`; other tests use the real one. The
number of bytes that a failing anchored match reads is unknown; it counts as one byte.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

import re2

from tests.secret_shapes import KEY, redacted
from wirelore.redaction import redactor as scanned

SIZE, TIMES = 8_000, 10
_OWN = str(Path(scanned.__file__).parents[1])


def grows_in_proportion(piece: bytes) -> bool:
    """Return True if ten times as many repetitions of a piece take at most about ten times the work."""
    return work_of(piece, TIMES * SIZE) <= 1.25 * TIMES * work_of(piece, SIZE)


def work_of(piece: bytes, size: int) -> int:
    """Return the work of redacting a body of `size` bytes."""
    redact, meter = _counting()
    redactor = redact.Redactor(KEY)
    content = piece * (size // len(piece))
    previous_trace, meter.count = sys.gettrace(), 0
    sys.settrace(meter.trace)
    try:
        output = redacted(content, redactor)
    finally:
        sys.settrace(previous_trace)
    assert len(output) == len(content)
    return meter.count


class _Meter:
    count = 0

    def trace(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        """Count the executed lines of the redactor's files (for `sys.settrace`)."""
        if not frame.f_code.co_filename.startswith(_OWN):
            return None
        self.count += event == "line"
        return self.trace


class _Expression:
    """A compiled expression of `re` or `re2` that counts the bytes it reads."""

    def __init__(self, expression: Any, meter: _Meter) -> None:
        self._expression = expression
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._expression, name)

    def search(self, text: bytes, *place: int) -> Any:
        """Search; without a match the text was read to the end."""
        match = self._expression.search(text, *place)
        self._read(text, place, match.end() if match else None)
        return match

    def match(self, text: bytes, *place: int) -> Any:
        """Match at the start."""
        return self._anchored(self._expression.match(text, *place))

    def fullmatch(self, text: bytes, *place: int) -> Any:
        """Match the whole text."""
        return self._anchored(self._expression.fullmatch(text, *place))

    def finditer(self, text: bytes, *place: int) -> Iterator[Any]:
        """Yield the matches; the text is read up to the last requested match."""
        begin = place[0] if place else 0
        for match in self._expression.finditer(text, *place):
            self._read(text, (begin,), match.end())
            begin = match.end()
            yield match
        self._read(text, (begin, *place[1:]), None)

    def findall(self, text: bytes) -> Any:
        """Find all matches."""
        self._read(text, (), None)
        return self._expression.findall(text)

    def sub(self, replacement: Any, text: bytes) -> Any:
        """Replace all matches."""
        self._read(text, (), None)
        return self._expression.sub(replacement, text)

    def _read(self, text: bytes, place: tuple[int, ...], end: int | None) -> None:
        begin = place[0] if place else 0
        most = place[1] if len(place) > 1 else len(text)
        self._meter.count += 1 + max(0, (most if end is None else end) - begin)

    def _anchored(self, match: Any) -> Any:
        self._meter.count += 1 + (match.end() - match.start() if match else 0)
        return match


class _Set:
    """A set of `re2` that counts the bytes it reads."""

    def __init__(self, patterns: Any, meter: _Meter) -> None:
        self._patterns = patterns
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._patterns, name)

    def Match(self, text: bytes) -> Any:  # noqa: N802
        """Match the set."""
        self._meter.count += len(text)
        return self._patterns.Match(text)


@cache
def _counting() -> tuple[Any, _Meter]:
    meter = _Meter()
    real = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("wirelore", "re", "re2")}
    for name in real:
        del sys.modules[name]
    sys.modules["re"], sys.modules["re2"] = _module(re, meter), _module(re2, meter)
    try:
        return importlib.import_module("wirelore.redaction.redactor"), meter
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in ("wirelore", "re", "re2")]:
            del sys.modules[name]
        sys.modules.update(real)


def _module(real: ModuleType, meter: _Meter) -> ModuleType:
    """Return a copy of `re` or `re2` whose expressions count; module functions such as `re.sub` compile first."""
    copy = ModuleType(real.__name__)
    copy.__dict__.update(vars(real))
    counting: Any = copy
    counting.compile = lambda *arguments: _Expression(real.compile(*arguments), meter)
    for name in ("search", "match", "fullmatch", "finditer", "findall", "sub"):
        setattr(
            copy,
            name,
            lambda pattern, *arguments, name=name: getattr(counting.compile(pattern), name)(*arguments),
        )
    if real is re2:
        counting.Set = SimpleNamespace(SearchSet=lambda *arguments: _Set(re2.Set.SearchSet(*arguments), meter))
    return copy
