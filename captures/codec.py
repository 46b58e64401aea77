"""JSON as the project reads and writes it: fast in, canonical out."""

import json
from typing import Any, NamedTuple

import msgspec

_decoder = msgspec.json.Decoder()
_sorted = msgspec.json.Encoder(order="sorted")


def loads(text: bytes | str) -> Any:
    """The value of one JSON document. Raises ValueError with the place of the fault.

    Valid JSON that the fast codec refuses (lone surrogates, integers beyond 64 bits) goes through the
    standard library, which accepts it; what both refuse raises.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        try:
            return json.loads(text, parse_constant=_refuse)
        except RecursionError:
            raise ValueError("nested too deeply to be read") from None
        except ValueError:
            raise ValueError(str(fault)) from None


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


def line(value: Any) -> bytes:
    """The value as one line of JSON with sorted keys and no line end."""
    try:
        return _sorted.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def pretty(value: Any) -> bytes:
    """The value as indented JSON with sorted keys and a line end: the form of every JSON file in a repository."""
    return msgspec.json.format(line(value), indent=2) + b"\n"
