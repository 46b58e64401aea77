"""JSON as the project reads and writes it: fast in, canonical out."""

import json
from math import isinf
from typing import Any, NamedTuple

import msgspec

CONTAINERS_LIMIT = 10_000_000
"""Objects and arrays of one document: each takes some 80 bytes of memory, and may take three in the text."""

DEEPEST = 500
"""Levels of a document: what follows them by recursion still has room; protocols have a dozen."""

_NESTED = frozenset((dict, list))
_decoder = msgspec.json.Decoder()
_sorted = msgspec.json.Encoder(order="sorted")


def loads(text: bytes | str) -> Any:
    """The value of one JSON document. Raises ValueError with the place of the fault.

    Valid JSON that the fast codec refuses (lone surrogates, integers beyond 64 bits) goes through the
    standard library, which accepts it; what both refuse raises. So do more objects and arrays than CONTAINERS_LIMIT,
    nesting beyond DEEPEST, and numbers beyond the range of doubles, which no validator could look at.
    """
    if len(text) > CONTAINERS_LIMIT:
        _counted(text)
    value = _value(text)
    if is_too_deep(text, value):
        raise ValueError(f"nested more than {DEEPEST} deep")
    return value


def is_too_deep(text: bytes | str, value: Any) -> bool:
    """Whether a text's value is nested beyond DEEPEST; a short text is not looked at, as each level takes two bytes."""
    if len(text) <= 2 * DEEPEST:
        return False
    level = [value] if type(value) in _NESTED else []
    for _ in range(DEEPEST):
        if not level:
            return False
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NESTED
        ]
    return bool(level)


def _value(text: bytes | str) -> Any:
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        try:
            return json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except RecursionError:
            raise ValueError("nested too deeply to be read") from None
        except ValueError:
            raise ValueError(str(fault)) from None


def _counted(text: bytes | str) -> None:
    brackets = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    if brackets > CONTAINERS_LIMIT:
        raise ValueError(f"{brackets} objects and arrays, at most {CONTAINERS_LIMIT} are read")


class Document(NamedTuple):
    """A text read as JSON: its value, or the problem that kept it from being one (then the value is None)."""

    value: Any
    problem: str | None


def document(text: bytes) -> Document:
    """The text as JSON; never raises."""
    if not text:
        return Document(None, "empty")
    try:
        return Document(loads(text), None)
    except ValueError as fault:
        return Document(None, str(fault))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"{text[:40]} is beyond the range of numbers")
    return value


def line(value: Any) -> bytes:
    """The value as one line of JSON with sorted keys and no line end."""
    try:
        return _sorted.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def pretty(value: Any) -> bytes:
    """The value as indented JSON with sorted keys and a line end: the form of every JSON file in a repository."""
    try:
        return msgspec.json.format(line(value), indent=2) + b"\n"
    except msgspec.DecodeError:  # it refuses the escape of a lone surrogate
        return json.dumps(value, sort_keys=True, indent=2).encode() + b"\n"


def octets(text: str) -> bytes:
    """The bytes of a text: UTF-8, and what tools escape as lone surrogates goes back to the bytes they stand for."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
