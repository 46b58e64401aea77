"""The draft: a foreign recording's exchange before redaction, and the words that importers share to make one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from captures.model import End, Exchange, Headers, Request, Response

Pieces = Sequence[tuple[int, bytes]]
"""A body as it came: (microseconds from the request's first byte, bytes)."""

_LATEST_US = 253_402_300_799_000_000


@dataclass(frozen=True)
class Draft:
    """A whole exchange before redaction, in the words of `store.Writer.write`."""

    exchange: Exchange
    """Heads, start, end, connection, origin, source and absent; its bodies are empty."""
    request_body: Pieces = ()
    response_body: Pieces = ()
    encoded: Collection[str] = ()
    """The sides (`request`, `response`) whose bytes still have the content-encoding that their headers name."""
    head_us: int | None = None
    """When the response's head came (microseconds from the request's first byte), None if not told."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Further members of exchange.json: `websocket` with its messages."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be imported: the file, the place in it (empty: all of it), what was found, what was expected."""

    file: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.found}; {self.expected}"


class EntryError(Exception):
    """An entry is not as its format wants it; the message is what was found, `expected` what should have been."""

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
    """An exchange of an import; without a start it begins at 0 and `start` and `times` are absent."""
    missing = {*absent, *(() if started_us is not None else ("start", "times"))}
    return Exchange(
        id="",
        sequence=0,
        started_us=started_us or 0,
        request=request,
        response=response,
        end=end,
        operation="",
        connection=connection or {},
        origin=origin,
        source=source,
        absent=tuple(sorted(missing)),
    )


def whole(content: bytes, us: int = 0) -> Pieces:
    """A body that came in one piece; nothing for an empty one."""
    return ((us, content),) if content else ()


def octets(text: str) -> bytes:
    """The bytes of a text: UTF-8, and what tools escape as lone surrogates goes back to the bytes they stand for."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def header(name: str, value: str) -> tuple[str, str]:
    """A header line as `Headers` wants it: its bytes read as latin-1."""
    return octets(name).decode("latin-1"), octets(value).decode("latin-1")


def headers_of(found: Any, side: str) -> Headers:
    """Header lines of a mapping of names to a value or a list of values. Raises EntryError."""
    if found is None:
        return Headers()
    if not isinstance(found, dict):
        raise EntryError(f"{side} headers are a {kind(found)}", "expected a mapping of names to values")
    lines = []
    for name, value in found.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict | list):
                raise EntryError(f"{side} header {name!r} has a {kind(one)} as value", "expected text")
            lines.append(header(str(name), one.decode("latin-1") if isinstance(one, bytes) else str(one)))
    return Headers(tuple(lines))


def mapping(found: Any, what: str) -> dict[str, Any]:
    """The value if it is a mapping. Raises EntryError."""
    if not isinstance(found, dict):
        raise EntryError(f"{what} is {kind(found)}", "expected a mapping")
    return found


def status_of(found: Any) -> int:
    """A status code of a number or its text, 0 where none was received. Raises EntryError."""
    try:
        status = int(found or 0)
    except (TypeError, ValueError, OverflowError):
        status = -1
    if not (status == 0 or 100 <= status <= 999):
        raise EntryError(f"status {str(found)[:40]!r}", "expected a number from 100 to 999")
    return status


def iso_us(text: Any) -> int | None:
    """Unix microseconds of an ISO 8601 time (without a zone: UTC) or an HTTP date; None if it is neither."""
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
    return _in_range(whole_seconds * 1_000_000 + moment.microsecond)


def unix_us(seconds: Any) -> int | None:
    """Unix microseconds of Unix seconds; None if it is no number or out of range."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e12:
        return None
    return _in_range(round(seconds * 1_000_000))


def _in_range(us: int) -> int | None:
    return us if 0 < us <= _LATEST_US else None


def kind(found: Any) -> str:
    """What a value is, in the words of JSON."""
    names = {dict: "a mapping", list: "a list", str: "text", bytes: "bytes", type(None): "nothing", bool: "a boolean"}
    return names.get(type(found), "a number")
