"""How much work redacting a body is, counted and not timed: lines of Python run, and bytes that expressions read.

The redactor is loaded once more, with `re` and `re2` in it that count, so that the other tests use the real one. What
an anchored match reads before it fails is not known; it counts as one byte.
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
    """Whether ten times as many repetitions of a piece are at most some ten times the work."""
    return done(piece, TIMES * SIZE) <= 1.25 * TIMES * done(piece, SIZE)


def done(piece: bytes, size: int) -> int:
    """The work that a body of so many bytes is."""
    redact, meter = _counting()
    redactor = redact.Redactor(KEY)
    content = piece * (size // len(piece))
    before, meter.count = sys.gettrace(), 0
    sys.settrace(meter.trace)
    try:
        written = redacted(content, redactor)
    finally:
        sys.settrace(before)
    assert len(written) == len(content)
    return meter.count


class _Meter:
    count = 0

    def trace(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        """For `sys.settrace`: counts the lines of the redactor's own files."""
        if not frame.f_code.co_filename.startswith(_OWN):
            return None
        self.count += event == "line"
        return self.trace


class _Expression:
    """A compiled expression of `re` or `re2` that counts what it reads."""

    def __init__(self, expression: Any, meter: _Meter) -> None:
        self._expression = expression
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._expression, name)

    def search(self, text: bytes, *place: int) -> Any:
        """As the expression does; without a find it has read to the end."""
        found = self._expression.search(text, *place)
        self._read(text, place, found.end() if found else None)
        return found

    def match(self, text: bytes, *place: int) -> Any:
        """As the expression does."""
        return self._anchored(self._expression.match(text, *place))

    def fullmatch(self, text: bytes, *place: int) -> Any:
        """As the expression does."""
        return self._anchored(self._expression.fullmatch(text, *place))

    def finditer(self, text: bytes, *place: int) -> Iterator[Any]:
        """As the expression does; it has read as far as it was asked to go on."""
        begin = place[0] if place else 0
        for found in self._expression.finditer(text, *place):
            self._read(text, (begin,), found.end())
            begin = found.end()
            yield found
        self._read(text, (begin, *place[1:]), None)

    def findall(self, text: bytes) -> Any:
        """As the expression does."""
        self._read(text, (), None)
        return self._expression.findall(text)

    def sub(self, made: Any, text: bytes) -> Any:
        """As the expression does."""
        self._read(text, (), None)
        return self._expression.sub(made, text)

    def _read(self, text: bytes, place: tuple[int, ...], end: int | None) -> None:
        begin = place[0] if place else 0
        most = place[1] if len(place) > 1 else len(text)
        self._meter.count += 1 + max(0, (most if end is None else end) - begin)

    def _anchored(self, found: Any) -> Any:
        self._meter.count += 1 + (found.end() - found.start() if found else 0)
        return found


class _Set:
    """A set of `re2` that counts what it reads."""

    def __init__(self, patterns: Any, meter: _Meter) -> None:
        self._patterns = patterns
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._patterns, name)

    def Match(self, text: bytes) -> Any:  # noqa: N802
        """As the set does."""
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
    """`re` or `re2` whose expressions count; those of one call (`re.sub`) are compiled first."""
    made = ModuleType(real.__name__)
    made.__dict__.update(vars(real))
    named: Any = made
    named.compile = lambda *given: _Expression(real.compile(*given), meter)
    for name in ("search", "match", "fullmatch", "finditer", "findall", "sub"):
        setattr(made, name, lambda pattern, *given, name=name: getattr(named.compile(pattern), name)(*given))
    if real is re2:
        named.Set = SimpleNamespace(SearchSet=lambda *given: _Set(re2.Set.SearchSet(*given), meter))
    return made
