"""Reading and writing of JSON, with canonical output."""

import json
from math import isinf
from typing import Any, NamedTuple

import msgspec

CONTAINERS_LIMIT = 10_000_000
"""The maximum number of objects and arrays in a document: each takes some 80 bytes of memory, but may take only three
in the text.
"""

DEEPEST = 500
"""The maximum nesting of a document, which leaves room for recursive code; protocols have a dozen levels."""

_NESTED = frozenset((dict, list))
_decoder = msgspec.json.Decoder()
_sorted = msgspec.json.Encoder(order="sorted")


def loads(text: bytes | str) -> Any:
    """Parse one JSON document. Raises ValueError with the place of the fault.

    Valid JSON that the fast codec refuses (lone surrogates, integers beyond 64 bits) is parsed by the standard library;
    text that both refuse raises. So does a document with more objects and arrays than CONTAINERS_LIMIT, nesting beyond
    DEEPEST, or numbers beyond the range of doubles, which validators cannot handle.
    """
    if len(text) > CONTAINERS_LIMIT:
        _check_count(text)
    value = _value(text)
    if is_too_deep(text, value):
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    return value


def is_too_deep(text: bytes | str, value: Any) -> bool:
    """Return True if a text's value is nested beyond DEEPEST; short texts cannot be, as each level takes two bytes."""
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


def _check_count(text: bytes | str) -> None:
    count = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    if count > CONTAINERS_LIMIT:
        raise ValueError(f"{count} objects and arrays, at most {CONTAINERS_LIMIT} are read")


class Document(NamedTuple):
    """The result of reading a text as JSON: its value, or the problem (then the value is None)."""

    value: Any
    problem: str | None


def document(text: bytes) -> Document:
    """Read a text as JSON without raising."""
    if not text:
        return Document(None, "empty")
    try:
        return Document(loads(text), None)
    except ValueError as fault:
        return Document(None, str(fault))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"{text[:40]} is beyond the range of numbers")
    return value


def line(value: Any) -> bytes:
    """Return the value as one line of JSON with sorted keys, without a line end."""
    try:
        return _sorted.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def pretty(value: Any) -> bytes:
    """Return the value as indented JSON with sorted keys and a final line end, as in repositories."""
    try:
        return msgspec.json.format(line(value), indent=2) + b"\n"
    except msgspec.DecodeError:  # msgspec refuses the escape of a lone surrogate
        return json.dumps(value, sort_keys=True, indent=2).encode() + b"\n"


def octets(text: str) -> bytes:
    """Encode a text as UTF-8; lone surrogates that tools use to escape bytes become these bytes again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
