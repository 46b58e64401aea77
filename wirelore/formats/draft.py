"""The draft of a foreign recording's exchange before redaction, with helpers for all importers."""

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from wirelore.model.codec import octets
from wirelore.model.exchange import End, Exchange, Headers, Request, Response
from wirelore.model.exchange_parts import PARTS

Pieces = Sequence[tuple[int, bytes]]
"""A body in pieces: (microseconds from the request's first byte, bytes)."""

_QUOTED = 4096
_LIMITS = {"method": 100, "host": 1 << 12, "target": 1 << 16}
"""The maximum numbers of characters of parts in index lines, because the index is read line by line."""
_SHOWN = 400
_LATEST_US = 253_402_300_799_000_000


@dataclass(frozen=True)
class Draft:
    """A complete exchange before redaction, with the arguments of `CaptureWriter.write`."""

    exchange: Exchange
    """Heads, start, end, connection, origin, source and absent; its bodies are empty."""
    request_body: Pieces = ()
    response_body: Pieces = ()
    encoded: Collection[str] = ()
    """The sides (`request`, `response`) whose bytes still have the content-encoding of their headers."""
    head_us: int | None = None
    """The time of the response head (microseconds from the request's first byte), None if unknown."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Additional members of exchange.json: `websocket` with its messages."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Content that could not be imported: file, place (empty: the whole file), what was found, what was expected."""

    file: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        location = f"{self.file}: {self.place}" if self.place else self.file
        return printable_line(f"{location}: {self.found}; {self.expected}")


def printable_line(text: str) -> str:
    """Return a foreign text as one printable line: other characters are escaped, and a long text is cut."""
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class EntryError(Exception):
    """An entry is not valid in its format; the message is what was found, `expected` what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.expected = expected


def exchange(
    origin: str,
    source: str,
    request: Request,
    response: Response | None,
    *,
    started_us: int | None,
    end: End,
    absent: Iterable[str],
    connection: Mapping[str, Any] | None = None,
) -> Exchange:
    """Return an imported exchange. Without a start it begins at 0, and `start` and `times` are absent.

    Raises EntryError if it ends later than can be written, or if its request has parts that do not fit into the index,
    and ValueError if `absent` has a name that is not in PARTS.
    """
    for part, limit in _LIMITS.items():
        if len(getattr(request, part)) > limit:
            raise EntryError(f"a {part} of {len(getattr(request, part))} characters", f"expected at most {limit}")
    if end.us and in_range((started_us or 1) + end.us) is None:
        raise EntryError(f"an end {end.us} us after the start", "expected an end before the year 10000")
    request = replace(request, method=_utf8(request.method), scheme=_utf8(request.scheme), host=_utf8(request.host))
    response = response and replace(response, reason=_utf8(response.reason))
    missing = {*absent, *(() if started_us is not None else ("start", "times"))}
    if unknown := sorted(missing - PARTS.keys()):
        raise ValueError(f"absent names {unknown[0]!r}; the parts of an exchange are {', '.join(PARTS)}")
    return Exchange(
        id="",
        sequence=0,
        started_us=started_us or 0,
        request=request,
        response=response,
        end=replace(end, message=_utf8(end.message)),
        operation="",
        connection=connection or {},
        origin=origin,
        source=source,
        absent=tuple(sorted(missing)),
    )


def _utf8(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot represent, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def single_piece(content: bytes, us: int = 0) -> Pieces:
    """Return a body in one piece, or no piece for an empty one."""
    return ((us, content),) if content else ()


def header(name: str, value: str) -> tuple[str, str]:
    """Return a header line for `Headers`: its bytes decoded as latin-1."""
    return octets(name).decode("latin-1"), octets(value).decode("latin-1")


def unbase64(text: Any, description: str = "a body") -> bytes:
    """Decode base64, which may have line breaks. Raises EntryError for any other character."""
    try:
        return base64.b64decode("".join(text.split()) if isinstance(text, str) else text, validate=True)
    except (ValueError, TypeError) as fault:
        found = f"{description} that is not base64 ({fault})"
        raise EntryError(found, "expected base64 according to its encoding") from None


def headers_of(members: Any, side: str) -> Headers:
    """Return header lines from a mapping of names to a value or a list of values. Raises EntryError."""
    if members is None:
        return Headers()
    if not isinstance(members, dict):
        raise EntryError(f"{side} headers are {kind(members)}", "expected a mapping of names to values")
    lines = []
    for name, value in members.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict | list):
                raise EntryError(f"{side} header {name!r} has {kind(item)} as its value", "expected text")
            lines.append(header(str(name), item.decode("latin-1") if isinstance(item, bytes) else str(item)))
    return Headers(tuple(lines))


def mapping(value: Any, description: str) -> dict[str, Any]:
    """Return the value if it is a mapping. Raises EntryError."""
    if not isinstance(value, dict):
        raise EntryError(f"{description} is {kind(value)}", "expected a mapping")
    return value


def status_of(value: Any) -> int:
    """Return a status code from a number or its text, 0 if none was received. Raises EntryError."""
    try:
        status = int(value or 0)
    except (TypeError, ValueError, OverflowError):
        status = -1
    if not (status == 0 or 100 <= status <= 999):
        raise EntryError(f"status {quoted(value)}", "expected a number from 100 to 999")
    return status


def quoted(value: object) -> str:
    """Format a complete value for a problem. It is not cut, so that redaction can recognize secrets in it."""
    text = repr(str(value))
    return text if len(text) <= _QUOTED else f"of {len(text)} characters"


def iso_us(text: Any) -> int | None:
    """Return the Unix microseconds of an ISO 8601 time (default zone: UTC) or an HTTP date, None if it is neither."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        whole_seconds = int(moment.replace(microsecond=0).timestamp())
    except (OverflowError, ValueError):
        return None
    return in_range(whole_seconds * 1_000_000 + moment.microsecond)


def unix_us(seconds: Any) -> int | None:
    """Return the Unix microseconds of Unix seconds, None if they are not a number or out of range."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e12:
        return None
    return in_range(round(seconds * 1_000_000))


def in_range(us: int) -> int | None:
    """Return the Unix microseconds if they can be written as a time, up to the year 9999, else None."""
    return us if 0 < us <= _LATEST_US else None


def kind(value: Any) -> str:
    """Return the JSON type of a value as a phrase."""
    names = {dict: "a mapping", list: "a list", str: "text", bytes: "bytes", type(None): "nothing", bool: "a boolean"}
    return names.get(type(value), "a number")
